import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { CliError, EXIT } from '../../errors.ts';
import { whenMissing } from '../../home.ts';
import type { Finding } from '../../outcome.ts';
import type { Audit, Found } from './audit.ts';
import { BASELINE_RULE } from './rules.ts';

/** What is known and need not fail any more. Written by `--update-baseline`, kept in the repository. */
export interface Baseline {
  schema: 'kisum.audit-baseline/v1';
  module: string;
  known: Entry[];
}

type Entry = Pick<Found, 'rule' | 'file' | 'fingerprint'>;

/** @returns undefined when there is no such file */
export async function readBaseline(file: string, module: string): Promise<Baseline | undefined> {
  const text = await readFile(file, 'utf8').catch(whenMissing);
  if (text === undefined) return undefined;
  const baseline = parsed(text);
  if (!baseline) throw new CliError(EXIT.usage, `${file} is no baseline of kisum-cli audit`);
  if (baseline.module !== module)
    throw new CliError(EXIT.usage, `${file} is the baseline of ${baseline.module}, not of ${module}`);
  return baseline;
}

export async function writeBaseline(file: string, module: string, known: Entry[]): Promise<void> {
  const entries = known.map(({ rule, file, fingerprint }) => ({ rule, file, fingerprint }));
  const baseline: Baseline = { schema: 'kisum.audit-baseline/v1', module, known: entries };
  await writeFileAtomic(file, `${JSON.stringify(baseline, null, 2)}\n`).catch(
    (error: NodeJS.ErrnoException) => {
      throw new CliError(
        EXIT.precondition,
        `${file} cannot be written (${error.code ?? error.message})`,
        error,
      );
    },
  );
}

/** What of an audit is new, what of the baseline still stands, and what of it is gone. */
export function compare({ found, notExamined }: Audit, { known }: Baseline) {
  const now = new Set(found.map(({ fingerprint }) => fingerprint));
  const before = new Set(known.map(({ fingerprint }) => fingerprint));
  // What was not looked at is not gone.
  const unseen = ({ file }: Entry) =>
    notExamined.some(({ what }) => file === what || file.startsWith(`${what}/`));
  const stands = (entry: Entry) => now.has(entry.fingerprint) || unseen(entry);
  return {
    fresh: found.filter(({ fingerprint }) => !before.has(fingerprint)),
    standing: known.filter(stands),
    gone: known.filter((entry) => !stands(entry)),
  };
}

export function goneFinding({ rule, file, fingerprint }: Entry, module: string): Finding {
  const { id, severity, fix } = BASELINE_RULE;
  const message = `${rule} is gone from ${file}, and still in the baseline (${fingerprint})`;
  return { rule: id, severity, module, message, fix };
}

function parsed(text: string): Baseline | undefined {
  try {
    const value = JSON.parse(text) as Partial<Baseline> | null;
    const whole =
      value?.schema === 'kisum.audit-baseline/v1' &&
      Array.isArray(value.known) &&
      value.known.every((entry) =>
        [entry?.rule, entry?.file, entry?.fingerprint].every((it) => typeof it === 'string'),
      );
    return whole ? (value as Baseline) : undefined;
  } catch {
    return undefined;
  }
}
