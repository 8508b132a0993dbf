import { CliError, EXIT } from './errors.ts';

/** Something a check found. Sorted by its maker; holds no time and no absolute path, so equal trees give equal bytes. */
export interface Finding {
  /** `KSM-R02`; `kisum-cli explain <rule>` says more. */
  rule: string;
  severity: 'error' | 'warn';
  module: string;
  /** From the project's root, with `/`. Absent for what was seen at run time. */
  file?: string;
  /** From 1. */
  line?: number;
  col?: number;
  message: string;
  fix: string;
  /** The same for the same fault after edits elsewhere. A report fills it in. */
  fingerprint?: string;
}

/** What a command ends with: for a person, for a program, and for the shell. */
export interface Outcome {
  /** For stdout, without its last line end. */
  text: string;
  /** The same under `--json`. */
  data?: unknown;
  /** Default: 0. */
  exitCode?: number;
  /** What was looked at, by kind: `{ modules: 8, files: 61 }`. */
  examined?: Record<string, number>;
  findings?: Finding[];
  /** For stderr, a line each: what a person should know besides. */
  notes?: string[] | undefined;
}

/** What `--json` prints, whether the command succeeded or not. */
export interface Envelope {
  schema: 'kisum.cli/v1';
  command: string;
  ok: boolean;
  exitCode: number;
  durationMs: number;
  examined: Record<string, number>;
  findings: Finding[];
  data: unknown;
  errors: { message: string; reasons?: readonly string[] }[];
}

/** @param ended an outcome, or the error that came instead with its exit code */
export function envelope(
  command: string,
  durationMs: number,
  ended: Outcome | { error: Error; exitCode: number },
): Envelope {
  const common = { schema: 'kisum.cli/v1', command, durationMs: Math.round(durationMs) } as const;
  if ('error' in ended) {
    const { error, exitCode } = ended;
    const reasons = error instanceof CliError ? error.reasons : undefined;
    return {
      ...common,
      ok: false,
      exitCode,
      examined: {},
      findings: [],
      data: null,
      errors: [{ message: error.message, ...(reasons && { reasons }) }],
    };
  }
  const { data = null, exitCode = EXIT.ok, examined = {}, findings = [] } = ended;
  return { ...common, ok: exitCode === EXIT.ok, exitCode, examined, findings, data, errors: [] };
}
