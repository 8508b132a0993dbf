import { projectFile } from '../../policies/root.ts';
import { formatNamed, report, type NotExamined } from '../conformance/report.ts';
import type { Rule } from '../conformance/rule.ts';
import { RUNTIME_RULES } from '../conformance/runtime/rules.ts';
import { selected } from '../conformance/select.ts';
import type { StaticRule } from '../conformance/static/rule.ts';
import { STATIC_RULES } from '../conformance/static/rules.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Finding, Outcome } from '../outcome.ts';
import { checkForeign, type ForeignOptions, isForeign } from './check-foreign.ts';
import { selfTest } from './self-test.ts';

export interface CheckOptions extends ForeignOptions {
  all?: boolean;
  static?: boolean;
  runtime?: boolean;
  selfTest?: boolean;
}

interface Part {
  findings: Finding[];
  examined: Record<string, number>;
  notExamined: NotExamined[];
  /** For people, before the findings. */
  text?: string;
  data?: object;
}

/** Holds modules to the standard structure: by reading their files, and by speaking to them as they run. */
export async function check(keys: string[], options: CheckOptions): Promise<Outcome> {
  if (options.selfTest) return selfTest(options);
  if (isForeign(options)) return checkForeign(keys, options);
  if (options.all && keys.length > 0) throw new CliError(EXIT.usage, 'name modules or say --all, not both');
  const format = formatNamed(options.format);
  const rules = selected<Rule>([...STATIC_RULES, ...RUNTIME_RULES], options, kindsOf(options));
  const reading = rules.filter(({ kind }) => kind === 'static');
  const probing = rules.filter(({ kind }) => kind === 'runtime');

  const { keys: modules, ...read } = await readAll(keys, reading as StaticRule[]);
  const probed = probing.length > 0 ? await probe(modules, probing, read.findings) : undefined;
  const parts = [read, ...(probed ? [probed] : [])];
  const outcome = report(format, {
    title: 'kisum-cli check',
    findings: parts.flatMap(({ findings }) => findings),
    rules: [...reading, ...probing],
    modules,
    examined: least(parts.map(({ examined }) => examined)),
    notExamined: parts.flatMap(({ notExamined }) => notExamined),
  });
  const table = format === 'pretty' && probed?.text ? `${probed.text}\n\n` : '';
  return { ...outcome, text: table + outcome.text, data: { ...(outcome.data as object), ...probed?.data } };
}

/** Both, unless one is asked for. */
function kindsOf(options: CheckOptions): Rule['kind'][] {
  if (options.static === options.runtime) return ['static', 'runtime'];
  return options.static ? ['static'] : ['runtime'];
}

/** Also without a rule to hold: the folders say which modules there are. */
async function readAll(keys: string[], rules: StaticRule[]): Promise<Part & { keys: string[] }> {
  const { keyOf, moduleFolders, named } = await import('../conformance/static/read/folders.ts');
  const all = moduleFolders(projectFile());
  const folders = named(all, keys);
  const modules = folders.map(({ folder }) => keyOf(folder));
  if (rules.length === 0)
    return { keys: modules, findings: [], examined: { modules: modules.length }, notExamined: [] };
  const { checkStatic } = await import('../conformance/static/check.ts');
  return { keys: modules, notExamined: [], ...(await checkStatic(folders, all, rules)) };
}

/** Modules whose manifests are wrong cannot be started. */
async function probe(keys: string[], rules: Rule[], read: Finding[]): Promise<Part> {
  if (keys.length === 0) return { findings: [], examined: { probes: 0 }, notExamined: [] };
  if (read.some(({ rule }) => /^KSM-M0[123]$/.test(rule))) {
    const notExamined = [{ what: 'the running modules', why: 'a manifest is wrong' }];
    return { findings: [], examined: { probes: 0 }, notExamined };
  }
  const { checkRuntime, matrixText } = await import('../conformance/runtime/check.ts');
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const { findings, examined, matrix, notExamined } = await checkRuntime(keys, {
    log,
    rules: rules.map(({ id }) => id),
  });
  return {
    findings,
    examined,
    notExamined,
    text: matrixText(matrix),
    data: { matrix },
  };
}

/** What both parts count is what both have looked at. */
function least(counts: Record<string, number>[]): Record<string, number> {
  const kinds = new Set(counts.flatMap((it) => Object.keys(it)));
  return Object.fromEntries(
    [...kinds].map((kind) => [kind, Math.min(...counts.flatMap((it) => it[kind] ?? []))]),
  );
}
