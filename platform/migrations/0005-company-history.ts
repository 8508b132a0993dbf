import { migration } from './migration.ts';

/** History also keeps who created a company, and who renamed or removed one. */
export const companyHistory = migration('0005-company-history', {
  up: [
    `create function core.company_changed() returns trigger language plpgsql as $$
    begin
      if old is not distinct from new then return null; end if;
      insert into core.entitlement_history (actor, what, before, after)
        values (core.actor(), tg_table_name, to_jsonb(old), to_jsonb(new));
      return null;
    end $$`,
    `create trigger company_changed after insert or update or delete on core.companies
      for each row execute function core.company_changed()`,
  ],
  down: [`drop trigger company_changed on core.companies`, `drop function core.company_changed()`],
});
