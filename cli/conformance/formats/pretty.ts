import pc from 'picocolors';
import type { Finding } from '../../outcome.ts';
import type { Report } from './format.ts';
import { summary, vacuous } from './summary.ts';

/** For a person: by module and file, each finding with what to do about it. */
export function pretty(report: Report): string {
  const { findings, notExamined = [] } = report;
  const modules = [...groups(findings, ({ module }) => module)].map(([module, found]) =>
    [pc.bold(module), ...inModule(found)].join('\n'),
  );
  const skipped = notExamined.map(({ what, why }) => `  ${what}: ${why}`);
  return [
    ...modules,
    ...(skipped.length > 0 ? [[pc.bold('not examined'), ...skipped].join('\n')] : []),
    closing(report),
  ].join('\n\n');
}

function inModule(findings: Finding[]): string[] {
  return [...groups(findings, ({ file = '' }) => file)].flatMap(([file, found]) => [
    ...(file === '' ? [] : [`  ${pc.underline(file)}`]),
    ...found.flatMap(lines),
  ]);
}

function lines({ rule, severity, line, col, message, fix }: Finding): string[] {
  const place = line === undefined ? '' : `${[line, col].filter(Boolean).join(':')}  `;
  const colour = severity === 'error' ? pc.red : pc.yellow;
  return [
    `    ${pc.dim(place)}${colour(severity)}  ${rule}  ${message.replaceAll('\n', '\n      ')}`,
    `    ${' '.repeat(place.length)}${pc.dim(`fix: ${fix}`)}`,
  ];
}

function closing(report: Report): string {
  const line = `${report.title}: ${summary(report)}`;
  if (report.findings.some(({ severity }) => severity === 'error')) return pc.red(line);
  if (vacuous(report)) return pc.red(`${line}. Nothing passes that was not examined.`);
  return report.findings.length > 0 ? pc.yellow(line) : pc.green(line);
}

function groups(findings: Finding[], by: (finding: Finding) => string): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) found.set(by(finding), [...(found.get(by(finding)) ?? []), finding]);
  return found;
}
