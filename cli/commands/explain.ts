import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Outcome } from '../outcome.ts';
import type { Rule } from '../conformance/rule.ts';
import { rulesPage } from '../conformance/rules-page.ts';
import { RULES } from '../conformance/rules.ts';

const KINDS: Record<Rule['kind'], string> = {
  static: "by reading the module's files: kisum-cli check",
  runtime: 'by speaking to the running module: kisum-cli check',
  audit: 'by reading a legacy code base: kisum-cli audit <folder>',
};

/** @param id of a rule, in any case; without it every rule in one line each, or all of them as a page */
export function explain(id?: string, { markdown = false }: { markdown?: boolean } = {}): Promise<Outcome> {
  if (markdown) return Promise.resolve({ text: rulesPage(RULES), examined: { rules: RULES.length } });
  return Promise.resolve(id === undefined ? all() : one(id));
}

function one(id: string): Outcome {
  const rule = RULES.find((known) => known.id === id.toUpperCase());
  if (!rule) throw new CliError(EXIT.usage, unknown(id.toUpperCase()));
  const { kind, severity, title, why, fix } = rule;
  const text = [
    `${rule.id} (${severity}): ${title}`,
    '',
    `Checked  ${KINDS[kind]}`,
    `Why      ${why}`,
    `Fix      ${fix}`,
  ].join('\n');
  return { text, data: { id: rule.id, kind, severity, title, why, fix } };
}

function all(): Outcome {
  const families = Object.entries(KINDS).flatMap(([kind, how]) => {
    const rules = RULES.filter((rule) => rule.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1));
    return rules.length === 0 ? [] : [[how, ...rules.map(({ id, title }) => `  ${id}  ${title}`)].join('\n')];
  });
  const data = RULES.map(({ id, kind, severity, title }) => ({ id, kind, severity, title }));
  return { text: families.join('\n\n'), data, examined: { rules: RULES.length } };
}

function unknown(id: string): string {
  const ids = RULES.map((rule) => rule.id);
  return `there is no rule ${id}${didYouMean(id, ids)}; kisum-cli explain lists all`;
}
