import type { Finding } from '../../outcome.ts';
import type { Report } from './format.ts';
import { summary } from './summary.ts';

/** Workflow commands: GitHub shows each finding at its line of the pull request. */
export function github(report: Report): string {
  const { findings, notExamined = [], title } = report;
  return [
    ...findings.map(annotation),
    ...notExamined.map(({ what, why }) => `::warning::${data(`not examined: ${what}: ${why}`)}`),
    `${title}: ${summary(report)}`,
  ].join('\n');
}

function annotation({ rule, severity, module, file, line, col, message, fix }: Finding): string {
  const properties = Object.entries({ file, line, col, title: `${rule} (${module})` })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${property(String(value))}`);
  const command = severity === 'error' ? 'error' : 'warning';
  return `::${command} ${properties.join(',')}::${data(`${message}\nfix: ${fix}`)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
