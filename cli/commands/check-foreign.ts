import { formatNamed, report } from '../conformance/report.ts';
import { RUNTIME_RULES } from '../conformance/runtime/rules.ts';
import { selected, type Selection } from '../conformance/select.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

export interface ForeignOptions extends Selection {
  manifest?: string;
  url?: string;
  service?: string;
  authPort?: string;
  assertionKey?: string;
  logFile?: string;
  format?: string;
}

/** Whether a service outside this tree is meant. */
export function isForeign({ manifest, url }: ForeignOptions): boolean {
  return manifest !== undefined || url !== undefined;
}

/** Holds a service in any language to the contract, from outside: docs/module-contract.md. */
export async function checkForeign(command: string[], options: ForeignOptions): Promise<Outcome> {
  const { manifest, url, service, assertionKey, logFile } = options;
  if (manifest === undefined) throw new CliError(EXIT.usage, 'name its module.yaml with --manifest');
  const format = formatNamed(options.format);
  const rules = selected(RUNTIME_RULES, options);
  const { checkUrl, matrixText } = await import('../conformance/runtime/check.ts');
  const { findings, examined, matrix, notExamined } = await checkUrl({
    manifest,
    url,
    command,
    service,
    authPort: portOf(options.authPort),
    assertionKey,
    logFile,
    rules: rules.map(({ id }) => id),
  });
  const modules = [...new Set(matrix.map(({ module }) => module))];
  const outcome = report(format, {
    title: 'kisum-cli check',
    findings,
    rules,
    modules,
    examined,
    notExamined,
  });
  const table = format === 'pretty' ? `${matrixText(matrix)}\n\n` : '';
  return { ...outcome, text: table + outcome.text, data: { ...(outcome.data as object), matrix } };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new CliError(EXIT.usage, `--auth-port ${text} is no port`);
}
