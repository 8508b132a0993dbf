import type { Access } from './access.ts';
import type { Timed } from './fact-cache.ts';

/** A user as tokens are checked against it. `tokenVersion: null`: there is no such user (any more). */
export interface UserFact extends Timed {
  tokenVersion: number | null;
  /** Assertions for routes without a company, by service. */
  assertions: Map<string, { token: string; reuseUntil: number }>;
}

/** Where users and their access come from. What cannot be had rejects, and the answer is a 503. */
export interface AccessSource {
  /** What a token of this user is checked against. */
  user(userId: string): UserFact | Promise<UserFact>;
  /**
   * What is true of a user in a company. Both ids are checked UUIDs in lower case.
   * @param bearer the user's own token where the request carries it, for a source that asks in the user's name
   */
  access(userId: string, companyId: string, bearer?: string): Access | Promise<Access>;
  /** Lets go of what is held of this user in this company: it is known to be older than what is wanted. */
  forget(userId: string, companyId: string): void;
  /** Answers from memory, and those that had to be read. */
  readonly counts: { hits: number; reads: number };
}
