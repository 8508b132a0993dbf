import type { AccessRecord } from '../../../platform/auth/access.ts';
import { SegmentedCache } from '../segmented-cache.ts';
import type { UserFact } from '../source.ts';

const MOST = 20_000;

type Versions = AccessRecord['versions'];

/** Of one user in one company, beside the answers, which are one token's each. */
interface Member {
  /** The token Auth accepted last. Never logged. */
  bearer: string;
  /** The newest that Auth has named. */
  versions: Versions;
}

/** What Auth has shown of users: versions that no later answer may fall behind, and tokens it accepts. Bounded. */
export class Remembered {
  readonly #members = new SegmentedCache<Member>(MOST);
  readonly #users = new SegmentedCache<UserFact>(MOST);

  /** Auth tells of no user alone: the oldest version that can still be valid is the newest it has named. */
  user(userId: string): UserFact {
    const known = this.#users.get(userId);
    if (known) return known;
    const unknown = userOf(0);
    this.#users.set(userId, unknown);
    return unknown;
  }

  /** For a call that carries no token of the user. */
  bearer(userId: string, companyId: string): string | undefined {
    return this.#members.get(keyOf(userId, companyId))?.bearer;
  }

  isOlder(userId: string, companyId: string, versions: Versions): boolean {
    const known = this.#members.peek(keyOf(userId, companyId))?.versions;
    const token = this.#users.peek(userId)?.tokenVersion ?? 0;
    return (
      versions.token! < token ||
      (known !== undefined && (versions.access < known.access || versions.entitlement < known.entitlement))
    );
  }

  /** Auth accepted this token and named these versions, none of them older than before. */
  keep(userId: string, companyId: string, versions: Versions, bearer: string): void {
    const key = keyOf(userId, companyId);
    const known = this.#members.get(key);
    if (known) Object.assign(known, { versions, bearer });
    else this.#members.set(key, { versions, bearer });
    if (versions.token! > this.user(userId).tokenVersion!) this.#users.set(userId, userOf(versions.token!));
  }

  clear(): void {
    this.#members.clear();
    this.#users.clear();
  }
}

const keyOf = (userId: string, companyId: string) => `${userId} ${companyId}`;

const userOf = (tokenVersion: number): UserFact => ({
  tokenVersion,
  mayBeNewer: true,
  assertions: new Map(),
  changesAt: Infinity,
});
