import type { Knex } from 'knex';
import type { Manifest } from '../manifest/manifest.ts';
import { dropPolicies, fence } from './fence.ts';
import type { Sentences } from './store.ts';

/** One step of a module's schema, forward and back: plain SQL, one statement a string, names without schema. */
export interface Migration {
  name: string;
  up: readonly string[];
  down: readonly string[];
  /** Name of a constraint → what the client reads when it refuses: a 409, or a 400 where a check does. */
  sentences?: Sentences;
}

/** What the constraints of all steps say. */
export function sentencesOf(migrations: readonly Migration[]): Sentences {
  return Object.assign({}, ...migrations.map(({ sentences }) => sentences)) as Sentences;
}

interface Migrated {
  manifest: Manifest;
  migrations: readonly Migration[];
}

/**
 * Brings the module's schema up to date, and its role (`kisum_<key>`) to what it may touch: the rows of its own
 * tables that belong to the transaction's company. The names of the migrations that ran; throws without effect.
 */
export async function migrateModule(db: Knex, { manifest, migrations }: Migrated): Promise<string[]> {
  return inSchema(db, manifest.key, async (tx, applied) => {
    const pending = migrations.filter(({ name }) => !applied.includes(name));
    for (const { name, up } of pending) {
      for (const statement of up) await tx.raw(statement);
      await tx('migrations').insert({ name });
    }
    await fence(tx, manifest);
    return pending.map(({ name }) => name);
  });
}

/** Takes every migration back, newest first. The names of those that were. */
export async function revertModule(db: Knex, { manifest, migrations }: Migrated): Promise<string[]> {
  return inSchema(db, manifest.key, async (tx, applied) => {
    const present = migrations.filter(({ name }) => applied.includes(name)).reverse();
    await dropPolicies(tx, manifest.key);
    for (const { name, down } of present) {
      for (const statement of down) await tx.raw(statement);
      await tx('migrations').delete().where({ name });
    }
    return present.map(({ name }) => name);
  });
}

async function inSchema<T>(
  db: Knex,
  key: string,
  work: (tx: Knex.Transaction, applied: string[]) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`migrate ${key}`]);
    await tx.raw('create schema if not exists ??', [key]);
    await tx.raw(`select set_config('search_path', ?, true)`, [key]);
    await tx.raw(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    const applied = await tx<{ name: string }>('migrations').pluck('name');
    return work(tx, applied);
  });
}
