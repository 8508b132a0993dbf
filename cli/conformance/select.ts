import { closest } from 'fastest-levenshtein';
import { CliError, EXIT } from '../errors.ts';
import type { Rule } from './rule.ts';

export interface Selection {
  rule?: string[];
  skip?: string[];
}

/** Without it a file that cannot be read would pass every rule. */
const ALWAYS = 'KSM-M06';

/** The rules that `--rule` and `--skip` leave. Throws when a name is unknown, or none is left. */
export function selected<Kind extends Rule>(rules: Kind[], { rule = [], skip = [] }: Selection): Kind[] {
  const ids = rules.map(({ id }) => id);
  const [wanted, unwanted] = [rule, skip].map((names) => names.map((name) => name.toUpperCase())) as [
    string[],
    string[],
  ];
  const unknown = [...wanted, ...unwanted].filter((id) => !ids.includes(id));
  if (unknown.length > 0) {
    const lines = unknown.map((id) => `${id} (the nearest is ${closest(id, ids)})`);
    throw new CliError(EXIT.usage, `there is no rule ${lines.join(', ')}; kisum-cli explain lists all`);
  }
  const left = rules.filter(
    ({ id }) => (wanted.length === 0 || wanted.includes(id)) && !unwanted.includes(id),
  );
  if (left.length === 0) throw new CliError(EXIT.usage, '--rule and --skip leave no rule');
  return rules.filter((it) => left.includes(it) || it.id === ALWAYS);
}
