import { actor } from '../actor.ts';
import type { GrantResult } from '../operations/grants.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { endOf } from './until.ts';

export interface GrantOptions {
  all?: boolean;
  as?: string;
}

/** `until`: when it ends by itself; granting again without it takes the end away. */
export interface GrantUntilOptions extends GrantOptions {
  until?: string;
}

/** All of it in one transaction, or nothing. */
export async function grant(
  user: string,
  company: string,
  keys: string[],
  options: GrantUntilOptions,
): Promise<Outcome> {
  const until = options.until === undefined ? null : endOf(options.until, new Date(), 'revoke').toISOString();
  const result = await perform('grant', { ...args(user, company, keys, options), until });
  const notes = result.missingModules.map(
    (module) =>
      `note: permissions of ${module} give nothing until the module itself is granted: add ${module} to the grants`,
  );
  return { ...told(result, 'granted'), text: [told(result, 'granted').text, ...notes].join('\n') };
}

export async function revoke(
  user: string,
  company: string,
  keys: string[],
  options: GrantOptions,
): Promise<Outcome> {
  return told(await perform('revoke', args(user, company, keys, options)), 'revoked');
}

function args(user: string, company: string, keys: string[], options: GrantOptions) {
  return { user, company, keys, all: options.all ?? false, actor: actor(options) };
}

function told(result: GrantResult, done: 'granted' | 'revoked'): Outcome {
  const asked = [...result.asked.modules, ...result.asked.permissions];
  const changed = new Set([...result.changed.modules, ...result.changed.permissions]);
  const until = (key: string) => (result.ends[key] === undefined ? '' : ` until ${result.ends[key]}`);
  const lines = asked.map((key) => `  ${key}${until(key)}${changed.has(key) ? '' : ' (unchanged)'}`);
  return {
    text: [`${result.user.name} in ${result.company.name}, ${done}:`, ...lines].join('\n'),
    data: result,
    notes: result.notes,
  };
}
