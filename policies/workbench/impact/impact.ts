/** What a change does: the shapes of the answer. */
import type { RunnablePolicy } from '../../engine/bundle.ts';
import type { Membership } from './people.ts';
import type { AccessSnapshot } from './snapshot.ts';
import type { Verdict } from './verdict.ts';

/** A policy, and whom it is asked about. */
export interface Side {
  policy: RunnablePolicy;
  snapshot: AccessSnapshot;
}

/** Where a side stands. */
export interface Standing {
  revision: string;
  catalogVersion: number;
}

export interface Change {
  route: string;
  from: Verdict;
  to: Verdict;
}

/** Members to whom the same happens at these routes. */
export interface ChangeGroup {
  /** Indices into `Impact.members`. */
  members: number[];
  changes: Change[];
}

/** A module that calls another for a user, from now on with another answer. */
export interface CallChange extends Change {
  caller: string;
  method: string;
  /** Whether it asks for the company it was asked for itself. */
  sameCompany: boolean;
}

export interface Impact {
  before: Standing;
  after: Standing;
  examined: Examined;
  members: Membership[];
  groups: ChangeGroup[];
  /** For whoever is no member of the company, or where no company is asked for. */
  anyone: Change[];
  calls: CallChange[];
}

export interface Examined {
  companies: number;
  users: number;
  members: number;
  routes: number;
  /** Members × routes, and each route once for whoever is no member. */
  cells: number;
  /** Evaluations it took, on both sides together: all other cells are the same question again. */
  evaluations: number;
  /** Calling module × route × whether it is for the same company. */
  calls: number;
}
