import { migration } from './migration.ts';

/** Changes that somebody tried and policy refused. Kept apart from history: nothing happened. */
export const refusedChanges = migration('0010-refused-changes', {
  up: [
    `create table auth.refused_changes (
      id bigserial primary key,
      at timestamptz not null default statement_timestamp(),
      actor text not null,
      company_id uuid not null,
      user_id uuid,
      change jsonb not null,
      reasons jsonb not null
    )`,
    `create index on auth.refused_changes (company_id, id)`,
  ],
  down: [`drop table auth.refused_changes`],
});
