import { migration } from './migration.ts';

/**
 * A company's business units, and the memberships limited to some of them. The limit is a flag of its own, so that one
 * who loses the last unit sees nothing, instead of everything.
 */
export const businessUnits = migration('0009-business-units', {
  up: [
    `create table core.business_units (
      company_id uuid not null constraint business_units_company references core.companies,
      key text not null constraint business_units_shape check (key ~ '^[a-z0-9]+(?:[-_][a-z0-9]+)*$' and length(key) <= 64),
      primary key (company_id, key)
    )`,
    `create trigger company_changed after insert or update or delete on core.business_units
      for each row execute function core.company_changed()`,

    `alter table auth.memberships add limited boolean not null default false`,
    `create table auth.membership_units (
      user_id uuid not null,
      company_id uuid not null,
      unit_key text not null,
      primary key (user_id, company_id, unit_key),
      constraint membership_units_membership
        foreign key (user_id, company_id) references auth.memberships on delete cascade,
      constraint membership_units_unit
        foreign key (company_id, unit_key) references core.business_units on delete cascade
    )`,
    `create index on auth.membership_units (company_id, unit_key)`,
    `create trigger access_changed after insert or update or delete on auth.membership_units
      for each row execute function auth.access_changed()`,
    `create trigger refuse_truncate before truncate on auth.membership_units
      for each statement execute function core.refuse_truncate()`,
  ],
  // Without its limit a membership would reach further than it was given.
  down: [
    `update auth.memberships set status = 'suspended' where limited`,
    `drop table auth.membership_units`,
    `alter table auth.memberships drop column limited`,
    `drop table core.business_units`,
  ],
});
