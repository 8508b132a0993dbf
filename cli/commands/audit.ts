import { existsSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import { readManifest } from '../../modules/manifest/read.ts';
import { audit as examine, type Audit, type Found } from '../conformance/audit/audit.ts';
import { compare, goneFinding, readBaseline, writeBaseline } from '../conformance/audit/baseline.ts';
import { migrationOf, migrationText } from '../conformance/audit/migration.ts';
import { AUDIT_RULES } from '../conformance/audit/rules.ts';
import { formatNamed, report } from '../conformance/report.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Finding, Outcome } from '../outcome.ts';

export interface AuditOptions {
  module?: string;
  format?: string;
  baseline?: string;
  updateBaseline?: boolean;
}

/** What a legacy module still does itself, and the steps to move it onto the platform. */
export async function audit(folder: string, options: AuditOptions): Promise<Outcome> {
  const format = formatNamed(options.format);
  if (options.updateBaseline && !options.baseline)
    throw new CliError(EXIT.usage, 'say which baseline to update: --baseline <file>');
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new CliError(EXIT.usage, `${folder} is no folder`);

  const manifests = discoverManifests().map(({ manifest }) => manifest);
  const keys = manifests.map(({ key }) => key);
  const key = options.module ?? keyOf(folder, keys);
  const done = await examine(folder, key, manifests);
  const { fresh, gone, known } = await judged(done, key, options);

  const tasks = migrationOf(done.found);
  const outcome = report(format, {
    title: `kisum-cli audit: ${key}`,
    findings: [...fresh.map(placed(folder)), ...gone],
    rules: AUDIT_RULES,
    modules: [key],
    examined: done.examined,
    notExamined: done.notExamined,
  });
  const said = known > 0 ? `Known, by the baseline: ${known}` : '';
  const parts = [outcome.text, tasks.length > 0 ? migrationText(tasks) : '', said];
  return {
    ...outcome,
    text: format === 'pretty' ? parts.filter((part) => part !== '').join('\n\n') : outcome.text,
    data: { ...(outcome.data as object), migration: tasks, known },
  };
}

interface Judged {
  fresh: Found[];
  gone: Finding[];
  /** How many findings the baseline knows. */
  known: number;
}

/** Against the baseline, which is made when it is not there yet and only shrinks from then on. */
async function judged(done: Audit, key: string, options: AuditOptions): Promise<Judged> {
  const { baseline: file, updateBaseline = false } = options;
  if (!file) return { fresh: done.found, gone: [], known: 0 };
  const baseline = await readBaseline(file, key);
  if (!baseline) {
    if (!updateBaseline)
      throw new CliError(EXIT.precondition, `${file} is not there: make it with --update-baseline`);
    if (done.examined.files > 0) await writeBaseline(file, key, done.found);
    return { fresh: [], gone: [], known: done.found.length };
  }
  const { fresh, standing, gone } = compare(done, baseline);
  const known = done.found.length - fresh.length;
  if (!updateBaseline) return { fresh, gone: gone.map((entry) => goneFinding(entry, key)), known };
  if (gone.length > 0) await writeBaseline(file, key, standing);
  return { fresh, gone: [], known };
}

/** By its manifest, or by the longest module key in its name: `legacy-finance` is finance. */
function keyOf(folder: string, keys: string[]): string {
  const manifest = join(folder, 'module.yaml');
  if (existsSync(manifest)) return readManifest(manifest).key;
  const name = `_${basename(resolve(folder)).toLowerCase().replaceAll('-', '_')}_`;
  const named = keys.filter((key) => name.includes(`_${key}_`)).sort((a, b) => b.length - a.length);
  if (named[0]) return named[0];
  throw new CliError(EXIT.usage, `say which module ${basename(folder)} is: --module <key>`);
}

/** Named from where the command runs, so that a scanner finds the file; from the audited folder where that is elsewhere. */
function placed(folder: string): (finding: Found) => Found {
  const from = relative(process.cwd(), folder).split(sep).join('/');
  const inside = from !== '' && !from.startsWith('..') && !/^[A-Za-z]:|^\//.test(from);
  return (finding) => (inside ? { ...finding, file: `${from}/${finding.file}` } : finding);
}
