import type { Finding } from '../../outcome.ts';
import type { Rule } from '../rule.ts';
import type { Report } from './format.ts';

/** One suite per module, one test case per rule: what passed is listed as well. */
export function junit({ title, findings, rules, modules, notExamined = [] }: Report): string {
  const suites = modules.map((module) => {
    const own = findings.filter((finding) => finding.module === module);
    const failed = new Set(own.filter(isError).map(({ rule }) => rule)).size;
    return [
      `  <testsuite${attributes({ name: module, tests: rules.length, failures: failed })}>`,
      ...rules.flatMap((rule) =>
        testCase(
          module,
          rule,
          own.filter((finding) => finding.rule === rule.id),
        ),
      ),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: title })}>`,
    ...suites,
    ...(notExamined.length > 0 ? [skipped(notExamined)] : []),
    '</testsuites>',
  ].join('\n');
}

function testCase(module: string, { id, title }: Rule, findings: Finding[]): string[] {
  const open = `    <testcase${attributes({ classname: module, name: `${id} ${title}` })}`;
  if (findings.length === 0) return [`${open}/>`];
  const [errors, warnings] = [findings.filter(isError), findings.filter((finding) => !isError(finding))];
  const failure = errors[0] && attributes({ message: errors[0].message, type: id });
  return [
    `${open}>`,
    ...(failure ? [`      <failure${failure}>${textOf(errors)}</failure>`] : []),
    // The format has no warning, and a warning fails nothing.
    ...(warnings.length > 0 ? [`      <system-out>${textOf(warnings)}</system-out>`] : []),
    '    </testcase>',
  ];
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function textOf(findings: Finding[]): string {
  const lines = findings.map(({ file, line, message, fix }) => {
    const place = [file, line].filter((it) => it !== undefined).join(':');
    return `${place === '' ? '' : `${place}: `}${message}\n  fix: ${fix}`;
  });
  return escaped(lines.join('\n'));
}

function skipped(notExamined: NonNullable<Report['notExamined']>): string {
  const cases = notExamined.map(({ what, why }) => {
    const name = attributes({ classname: 'not examined', name: what });
    return `    <testcase${name}><skipped${attributes({ message: why })}/></testcase>`;
  });
  const { length } = notExamined;
  const open = `  <testsuite${attributes({ name: 'not examined', tests: length, skipped: length })}>`;
  return [open, ...cases, '  </testsuite>'].join('\n');
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replace(/\s/g, ' ')}"`)
    .join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold, not even as a reference, is left out. */
function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex
  const holdable = text.replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, '');
  return holdable.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
