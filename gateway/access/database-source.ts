import { readAccess, readUser } from '../../platform/auth/access.ts';
import type { Database } from '../../platform/database/database.ts';
import type { VersionChange } from '../../platform/versions.ts';
import { Access } from './access.ts';
import { FactCache } from './fact-cache.ts';
import type { ChangeFeed, Subscriber } from './feed.ts';
import type { AccessSource, UserFact } from './source.ts';

const REMEMBERED_USERS = 20_000;
const REMEMBERED_ACCESSES = 20_000;

/** Users and their access, read from the tables of Core and Auth and kept while the change feed proves them current. */
export class DatabaseSource implements AccessSource, Subscriber {
  readonly #users: FactCache<UserFact>;
  readonly #accesses: FactCache<Access>;

  constructor(db: Database, feed: ChangeFeed) {
    this.#users = new FactCache({ max: REMEMBERED_USERS, proof: feed, read: (id) => readUserFact(db, id) });
    this.#accesses = new FactCache({
      max: REMEMBERED_ACCESSES,
      proof: feed,
      read: (key) => readAccessFact(db, key),
    });
    feed.subscribe(this);
  }

  get counts() {
    return { hits: this.#accesses.hits, reads: this.#accesses.reads };
  }

  user(userId: string): UserFact | Promise<UserFact> {
    return this.#users.get(userId);
  }

  /** The key cannot name anybody else: both are UUIDs. */
  access(userId: string, companyId: string): Access | Promise<Access> {
    return this.#accesses.get(`${userId} ${companyId}`);
  }

  forget(userId: string, companyId: string): void {
    this.#accesses.forget(`${userId} ${companyId}`);
  }

  /**
   * Walks the caches once, however many changes were heard: one price-list row can change a thousand companies.
   * The feed may repeat itself, so only what is older than the change goes.
   */
  onChanges(changes: VersionChange[]): void {
    const users = new Map<string, number>();
    const companies = new Map<string, number>();
    for (const change of changes) {
      switch (change.kind) {
        case 'catalog':
          break;
        case 'access':
          this.#accesses.invalidate(
            `${change.userId} ${change.companyId}`,
            ({ record }) => record.versions.access < change.version,
          );
          break;
        case 'token':
          users.set(change.userId, change.version);
          break;
        case 'entitlement':
          companies.set(change.companyId, change.version);
          break;
      }
    }
    for (const [id, version] of users) {
      this.#users.invalidate(id, ({ tokenVersion }) => tokenVersion === null || tokenVersion < version);
    }
    if (users.size + companies.size === 0) return;
    this.#accesses.invalidateAll(
      (key) => users.has(key.slice(0, 36)) || companies.has(key.slice(37)),
      ({ userId, companyId, record: { versions } }) =>
        (versions.token ?? 0) < (users.get(userId) ?? 0) ||
        versions.entitlement < (companies.get(companyId) ?? 0),
    );
  }

  onReset(): void {
    this.#users.invalidateAll();
    this.#accesses.invalidateAll();
  }
}

async function readUserFact(db: Database, id: string): Promise<UserFact> {
  const user = await readUser(db, id);
  return { tokenVersion: user?.tokenVersion ?? null, assertions: new Map(), changesAt: Infinity };
}

async function readAccessFact(db: Database, key: string): Promise<Access> {
  const [userId, companyId] = key.split(' ') as [string, string];
  const readAt = performance.now();
  return new Access(userId, companyId, await readAccess(db, userId, companyId), readAt);
}
