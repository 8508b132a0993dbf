import type { Access } from './access.ts';
import type { Timed } from './fact-cache.ts';

/** A user as tokens are checked against it. `tokenVersion: null`: there is no such user (any more). */
export interface UserFact extends Timed {
  tokenVersion: number | null;
  /** Where a newer version may be in force that was not heard of: this is the oldest that can still be valid. */
  mayBeNewer?: true;
  /** Assertions for routes without a company, by service. */
  assertions: Map<string, { token: string; reuseUntil: number }>;
}

/** Where users and their access come from. What cannot be had rejects, and the answer is a 503 or the `Refusal` itself. */
export interface AccessSource {
  /** What a token of this user is checked against. */
  user(userId: string): UserFact | Promise<UserFact>;
  /**
   * What is true of a user in a company. Both ids are checked UUIDs in lower case.
   * @param bearer the user's own token where the request carries it, for a source that asks in the user's name
   */
  access(userId: string, companyId: string, bearer?: string): Access | Promise<Access>;
  /**
   * Where no company is asked about, and `user` may not know that a token is revoked: nothing when it is not, else a
   * rejection. Absent where `user` knows.
   */
  vouch?(userId: string, bearer: string): undefined | Promise<undefined>;
  /** Lets go of what `access` gave to the same question: it is known to be older than what is wanted. */
  forget(userId: string, companyId: string, bearer?: string): void;
  /** Answers from memory, and those that had to be read. */
  readonly counts: { hits: number; reads: number };
}

/** Whether a token of this version (absent: it carries none) is no longer one of this user's. */
export function isRevoked(tokenVersion: number | undefined, fact: UserFact): boolean {
  if (fact.tokenVersion === null) return true;
  if (tokenVersion === undefined) return false;
  return fact.mayBeNewer ? tokenVersion < fact.tokenVersion : tokenVersion !== fact.tokenVersion;
}
