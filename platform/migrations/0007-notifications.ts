import { migration } from './migration.ts';

/** Whoever listens on `kisum_versions` is told that some version rose; which ones, the feed tells. */
export const notifications = migration('0007-notifications', {
  up: [
    `create function core.versions_rose() returns trigger language plpgsql as $$
    begin
      perform pg_notify('kisum_versions', '');
      return null;
    end $$`,
    `create trigger versions_rose after insert on core.version_changes
      for each statement execute function core.versions_rose()`,
  ],
  down: [`drop trigger versions_rose on core.version_changes`, `drop function core.versions_rose()`],
});
