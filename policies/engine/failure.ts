/**
 * What went wrong, so that it can be counted:
 * `bundle` the supply was refused, `data` the catalog was refused, `input` a question no policy should see,
 * `evaluation` the engine threw, `answer` it said something outside the contract, `unavailable` no instance is ready.
 */
export type FailureKind = 'bundle' | 'data' | 'input' | 'evaluation' | 'answer' | 'unavailable';

/** No decision could be made. Never a deny: whoever asked answers 503. */
export class PolicyFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'PolicyFailure';
    this.kind = kind;
  }
}

/** @param what the part at fault, in words that say what is wrong with it */
export function bundleRefused(what: string, cause?: unknown): PolicyFailure {
  return new PolicyFailure('bundle', `policy bundle refused: ${what}`, cause);
}
