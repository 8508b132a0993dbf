import { migration } from './migration.ts';

const GRANTS = ['module_grants', 'permission_grants'];

/** A grant may end by itself. `ends_at` null: it does not; else it is the first moment without it. */
export const grantPeriods = migration('0008-grant-periods', {
  up: GRANTS.map(
    (table) => `alter table auth.${table}
      add ends_at timestamptz constraint ${table}_finite check (ends_at is null or isfinite(ends_at))`,
  ),
  // Without the column an ended grant would be one again.
  down: GRANTS.flatMap((table) => [
    `delete from auth.${table} where ends_at <= statement_timestamp()`,
    `alter table auth.${table} drop column ends_at`,
  ]),
});
