import { CliError, EXIT } from '../errors.ts';
import { NEEDED, type AnswerOptions, type Needed } from './answers.ts';
import { ENTITY_GRAMMAR } from './entity-grammar.ts';
import { readEntity } from './entity-spec.ts';
import { proseFaults } from './prose.ts';

export interface Questions {
  /** Given already, or to be asked for. */
  key: string | undefined;
  missing: Needed[];
  /** Throws when the key cannot be had. */
  check: (key: string) => void;
}

/** Whether someone is there to answer. */
export function canAsk({ input }: { input: boolean }): boolean {
  return input && process.stdin.isTTY && process.stderr.isTTY && !process.env.CI;
}

/** Asks for what is missing, on stderr. Throws CliError 130 when the answer is Ctrl-C. */
export async function ask({
  key,
  missing,
  check,
}: Questions): Promise<{ key: string; options: AnswerOptions }> {
  const prompts = await import('@clack/prompts');
  const output = process.stderr;
  const text = async (message: string, fault: (answer: string) => string | undefined): Promise<string> => {
    const answer = await prompts.text({ message, output, validate: (it = '') => fault(it) });
    if (prompts.isCancel(answer)) throw new CliError(EXIT.interrupted, 'nothing was made');
    return answer;
  };
  const entities = async (): Promise<string[]> => {
    prompts.note(ENTITY_GRAMMAR, NEEDED.entity.question, { output });
    const specs: string[] = [];
    for (;;) {
      const isFirst = specs.length === 0;
      const spec = await text(isFirst ? 'An entity' : 'Another one (empty: that is all)', (it) =>
        it === '' && !isFirst ? undefined : entityFault(it),
      );
      if (spec === '') return specs;
      specs.push(spec);
    }
  };

  const found = key ?? (await text('Its key', (it) => messageOf(() => check(it))));
  const options: AnswerOptions = {};
  for (const name of missing) {
    if (name === 'entity') options.entity = await entities();
    else if (name === 'mustNot') options.mustNot = [await text(NEEDED.mustNot.question, proseFault)];
    else options[name] = await text(NEEDED[name].question, proseFault);
  }
  return { key: found, options };
}

function proseFault(text: string): string | undefined {
  return proseFaults(text)[0];
}

function entityFault(spec: string): string | undefined {
  const faults: string[] = [];
  readEntity(spec, (fault) => void faults.push(fault));
  return faults[0];
}

function messageOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
