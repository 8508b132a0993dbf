import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { ModuleType } from './collisions.ts';
import { ENTITY_GRAMMAR } from './entity-grammar.ts';
import { readEntity, TYPE_WORDS } from './entity-spec.ts';
import type { Answers } from './manifest-text.ts';
import { proseFaults } from './prose.ts';

/** What can be said on the command line. */
export interface AnswerOptions {
  type?: string;
  title?: string;
  owner?: string;
  purpose?: string;
  entity?: string[];
  reads?: string[];
  mustNot?: string[];
  soldWith?: string;
}

/** What a module cannot be made without, as it is asked for. */
export const NEEDED = {
  title: { flag: '--title <text>', question: 'Its name, as people read it' },
  owner: { flag: '--owner <team>', question: 'The team that answers for it' },
  purpose: { flag: '--purpose <text>', question: 'What it is for, in one sentence' },
  entity: { flag: '--entity <spec>', question: 'What it owns' },
  mustNot: { flag: '--must-not <text>', question: 'What it must never do' },
} as const;

export type Needed = keyof typeof NEEDED;

/** What was not said. */
export function missingIn(options: AnswerOptions): Needed[] {
  return (Object.keys(NEEDED) as Needed[]).filter((name) => (options[name]?.length ?? 0) === 0);
}

export function typeIn({ type = 'addon' }: AnswerOptions): ModuleType {
  if (type !== 'base' && type !== 'addon')
    throw new CliError(EXIT.usage, `--type is base or addon, not ${type}`);
  return type;
}

/** Reads what was said. Throws CliError 2 with everything that is wrong with it. */
export function readAnswers(key: string, options: AnswerOptions): Answers {
  const { title = '', owner = '', purpose = '', entity = [], reads = [], mustNot = [], soldWith } = options;
  const faults: string[] = [];
  const fault = (message: string) => void faults.push(message);
  const prose = (flag: string, text: string): string => {
    proseFaults(text).forEach((it) => fault(`${flag} ${it}`));
    return text.trim();
  };
  const owns = entity.map((spec) => readEntity(spec, (message) => fault(`--entity ${message}`)));
  const names = owns.map((owned) => owned.entity);
  for (const owned of owns) {
    for (const { name, to } of owned.fields ?? []) {
      if (to === undefined || to.includes('.') || names.includes(to)) continue;
      fault(
        `--entity ${owned.entity}.${name}: there is no type or entity ${to}${didYouMean(to, [...TYPE_WORDS, ...names])}`,
      );
    }
  }
  const answers: Answers = {
    key,
    type: typeIn(options),
    title: prose('--title', title),
    owner: prose('--owner', owner),
    purpose: prose('--purpose', purpose),
    owns,
    reads: reads.map((read) => {
      const [, name, why = ''] = /^([^:]*):?([^]*)$/.exec(read) ?? [];
      return { entity: name!.trim(), why: prose(`--reads ${name}:"why"`, why) };
    }),
    mustNot: mustNot.map((text) => prose('--must-not', text)),
    ...(soldWith && { soldWith: soldWith.split(',').map((base) => base.trim()) }),
  };
  if (faults.length === 0) return answers;
  const grammar = faults.some((it) => it.startsWith('--entity')) ? `\n${ENTITY_GRAMMAR}` : '';
  throw new CliError(EXIT.usage, `${faults.join('\n  ')}${grammar}`);
}
