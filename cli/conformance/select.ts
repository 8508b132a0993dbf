import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Rule } from './rule.ts';

export interface Selection {
  rule?: string[];
  skip?: string[];
}

/** Without it a file that cannot be read would pass every rule. */
const ALWAYS = 'KSM-M06';

/**
 * The rules of these kinds that `--rule` and `--skip` leave. Throws when a name is unknown, or none is left.
 * @param kinds absent: all
 */
export function selected<Some extends Rule>(
  rules: Some[],
  { rule = [], skip = [] }: Selection,
  kinds: Rule['kind'][] = ['static', 'runtime', 'audit'],
): Some[] {
  const wanted = known(rules, rule);
  const unwanted = known(rules, skip);
  const among = rules.filter(({ kind }) => kinds.includes(kind));
  const left = among.filter(
    ({ id }) => (wanted.length === 0 || wanted.includes(id)) && !unwanted.includes(id),
  );
  if (left.length === 0) throw new CliError(EXIT.usage, '--rule and --skip leave no rule to check');
  return among.filter((it) => left.includes(it) || it.id === ALWAYS);
}

function known(rules: Rule[], names: string[]): string[] {
  const ids = rules.map(({ id }) => id);
  const given = names.map((name) => name.toUpperCase());
  const unknown = given.filter((id) => !ids.includes(id));
  if (unknown.length === 0) return given;
  const lines = unknown.map((id) => id + didYouMean(id, ids));
  throw new CliError(EXIT.usage, `there is no rule ${lines.join(', ')}; kisum-cli explain lists all`);
}
