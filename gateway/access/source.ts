import { readAccess, readUser } from '../../platform/auth/access.ts';
import type { Database } from '../../platform/database/database.ts';
import type { VersionChange } from '../../platform/versions.ts';
import type { Logger } from '../log.ts';
import { Access } from './access.ts';
import { FactCache, type Timed } from './fact-cache.ts';
import { ChangeFeed } from './feed.ts';

const REMEMBERED_USERS = 20_000;
const REMEMBERED_ACCESSES = 20_000;

/** A user as tokens are checked against it. `tokenVersion: null`: there is no such user (any more). */
export interface UserFact extends Timed {
  tokenVersion: number | null;
  /** Assertions for routes without a company, by service. */
  assertions: Map<string, { token: string; reuseUntil: number }>;
}

export interface AccessSourceOptions {
  db: Database;
  maxStalenessMs: number;
  log: Logger;
  onCatalogChange: (version: number) => void;
}

/** Users and their access, read from the database and kept while the change feed proves them current. */
export class AccessSource {
  readonly users: FactCache<UserFact>;
  readonly accesses: FactCache<Access>;
  readonly feed: ChangeFeed;

  constructor({ db, maxStalenessMs, log, onCatalogChange }: AccessSourceOptions) {
    this.feed = new ChangeFeed({
      db,
      maxStalenessMs,
      log,
      onChanges: (changes) => this.#apply(changes, onCatalogChange),
      onReset: () => this.#reset(onCatalogChange),
    });
    const proof = this.feed;
    this.users = new FactCache({ max: REMEMBERED_USERS, proof, read: (id) => readUserFact(db, id) });
    this.accesses = new FactCache({
      max: REMEMBERED_ACCESSES,
      proof,
      read: (key) => readAccessFact(db, key),
    });
  }

  /** Both ids are checked UUIDs, so the key cannot name anybody else. */
  access(userId: string, companyId: string): Access | Promise<Access> {
    return this.accesses.get(`${userId} ${companyId}`);
  }

  /**
   * Walks the caches once, however many changes were heard: one price-list row can change a thousand companies.
   * The feed may repeat itself, so only what is older than the change goes.
   */
  #apply(changes: VersionChange[], onCatalogChange: (version: number) => void): void {
    const users = new Map<string, number>();
    const companies = new Map<string, number>();
    for (const change of changes) {
      switch (change.kind) {
        case 'catalog':
          onCatalogChange(change.version);
          break;
        case 'access':
          this.accesses.invalidate(
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
      this.users.invalidate(id, ({ tokenVersion }) => tokenVersion === null || tokenVersion < version);
    }
    if (users.size + companies.size === 0) return;
    this.accesses.invalidateAll(
      (key) => users.has(key.slice(0, 36)) || companies.has(key.slice(37)),
      ({ userId, companyId, record: { versions } }) =>
        (versions.token ?? 0) < (users.get(userId) ?? 0) ||
        versions.entitlement < (companies.get(companyId) ?? 0),
    );
  }

  #reset(onCatalogChange: (version: number) => void): void {
    this.users.invalidateAll();
    this.accesses.invalidateAll();
    onCatalogChange(Infinity);
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
