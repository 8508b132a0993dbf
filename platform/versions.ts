import type { Knex } from 'knex';

/** Which version rose: the catalog's, a company's, a (user, company)'s, or a user's. */
export type VersionChange =
  | { kind: 'catalog'; version: number }
  | { kind: 'entitlement'; companyId: string; version: number }
  | { kind: 'access'; userId: string; companyId: string; version: number }
  | { kind: 'token'; userId: string; version: number };

export interface ChangeFeed {
  /** Give this as `since` next time. */
  next: string;
  /**
   * Of the database: its write-ahead log's, and since when the server runs. Another one after a failover, when what was
   * committed last may be lost, and after a crash, when numbers of transactions that left no trace are given again.
   */
  timeline: string;
  /** In the order they were written; some may have been given before. */
  changes: VersionChange[];
}

interface ChangeRow {
  next: string;
  timeline: string;
  kind: VersionChange['kind'] | null;
  user_id: string;
  company_id: string;
  version: unknown;
}

/**
 * What rose since the position `since`; with `null` only the present position.
 *
 * Transactions commit in another order than they number their rows, so a feed read "after the last id" would lose some.
 * The position is the oldest transaction still running at the last read: everything older was visible then, everything
 * newer is read again now. Nothing is missed; a change may be seen twice, which costs nothing where versions are compared.
 *
 * Throws when the database cannot answer; a standby cannot: it may not have heard yet what is true.
 */
export async function readChanges(db: Knex, since: string | null): Promise<ChangeFeed> {
  const { rows } = await db.raw<{ rows: ChangeRow[] }>(
    `select position.next, position.timeline, kind, user_id, company_id, version
     from (
       select cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as next,
         concat(left(pg_walfile_name(pg_current_wal_lsn()), 8), ' ', pg_postmaster_start_time()) as timeline
     ) as position
     left join core.version_changes on txid >= cast(cast(:since as text) as xid8)
     order by id`,
    { since },
  );
  const { next, timeline } = rows[0] ?? {};
  if (!next || !timeline)
    throw new Error('The change feed gave no position: the database answered with a strange row.');
  return { next, timeline, changes: rows.filter(({ kind }) => kind !== null).map(changeOf) };
}

/**
 * Forgets changes that are older, by the database's clock, and that no running transaction can be older than. Returns how
 * many. Keep them far longer than any reader may be silent: a reader who was away longer must drop what it holds and start
 * over. Never by a reader's own clock: one that is ahead would take from the others what they have not heard.
 */
export async function pruneChanges(db: Knex, olderThanMs: number): Promise<number> {
  return db('core.version_changes')
    .whereRaw("at < statement_timestamp() - ? * interval '1 millisecond'", [olderThanMs])
    .whereRaw('txid < pg_snapshot_xmin(pg_current_snapshot())')
    .delete();
}

/** A counter as the drivers give it (string, number or bigint). Throws on anything else. */
export function versionOf(value: unknown): number {
  const version =
    typeof value === 'number'
      ? value
      : typeof value === 'string' || typeof value === 'bigint'
        ? Number(value)
        : NaN;
  if (!Number.isSafeInteger(version) || version < 0)
    throw new Error('A version in the database is not a number.');
  return version;
}

function changeOf(row: ChangeRow): VersionChange {
  const version = versionOf(row.version);
  switch (row.kind) {
    case 'catalog':
      return { kind: 'catalog', version };
    case 'entitlement':
      return { kind: 'entitlement', companyId: row.company_id, version };
    case 'access':
      return { kind: 'access', userId: row.user_id, companyId: row.company_id, version };
    case 'token':
      return { kind: 'token', userId: row.user_id, version };
    case null:
      throw new Error('The change feed gave a change of no kind.');
  }
}
