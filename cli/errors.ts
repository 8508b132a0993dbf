/** Exit codes, stable and documented. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  conflict: 3,
  precondition: 4,
  outside: 5,
  refused: 6,
  /** As `terraform plan -detailed-exitcode` has it, without its clash with wrong usage. */
  pending: 10,
  bug: 70,
  interrupted: 130,
} as const;

/** An expected failure: its message says what to do next, its code is the process's. */
export class CliError extends Error {
  readonly exitCode: number;
  /** The policy's words, where it refused. */
  readonly reasons: readonly string[] | undefined;

  constructor(exitCode: number, message: string, cause?: unknown, reasons?: readonly string[]) {
    super(message, { cause });
    this.name = 'CliError';
    this.exitCode = exitCode;
    this.reasons = reasons;
  }
}

/** Named errors of the rooms below, which know nothing of exit codes. */
const EXPECTED = new Map<string, number>([
  ['ConfigError', EXIT.usage],
  ['PortTaken', EXIT.outside],
  ['WorkbenchError', EXIT.precondition],
  ['PolicyFailure', EXIT.precondition],
  ['RefusedByDatabase', EXIT.conflict],
  ['CatalogRefused', EXIT.conflict],
  ['ManifestError', EXIT.findings],
]);

/** 70 for whatever nobody expected. */
export function exitCodeOf(error: Error): number {
  return error instanceof CliError ? error.exitCode : (EXPECTED.get(error.name) ?? EXIT.bug);
}
