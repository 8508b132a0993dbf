import { migration } from './migration.ts';

export const auth = migration('0003-auth', {
  up: [
    `create schema if not exists auth`,

    `create table auth.users (
      id uuid primary key,
      name text not null constraint users_name check (btrim(name) <> ''),
      email text not null constraint users_email_shape check (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
      token_version bigint not null default 1 constraint users_token_version check (token_version >= 0)
    )`,
    `create unique index users_email_once on auth.users (lower(email))`,

    `create table auth.tenant_roles (
      key text primary key constraint tenant_roles_shape check (key ~ '^[A-Z][A-Z_]*$'),
      can_manage_users boolean not null,
      can_buy_addons boolean not null,
      can_grant boolean not null
    )`,
    `insert into auth.tenant_roles values ('OWNER', true, true, true), ('ADMIN', true, true, true), ('MEMBER', false, false, false)`,

    `create table auth.memberships (
      user_id uuid not null constraint memberships_user references auth.users on delete cascade,
      company_id uuid not null constraint memberships_company references core.companies,
      role text not null constraint memberships_role references auth.tenant_roles,
      status text not null constraint memberships_status check (status in ('active', 'invited', 'suspended')),
      primary key (user_id, company_id)
    )`,
    `create index on auth.memberships (role)`,

    `create table auth.module_grants (
      user_id uuid not null,
      company_id uuid not null,
      module_key text not null constraint module_grants_module references core.modules on delete cascade,
      primary key (user_id, company_id, module_key),
      constraint module_grants_membership foreign key (user_id, company_id) references auth.memberships on delete cascade
    )`,

    `create table auth.permission_grants (
      user_id uuid not null,
      company_id uuid not null,
      permission_key text not null
        constraint permission_grants_permission references core.module_permissions on delete cascade,
      primary key (user_id, company_id, permission_key),
      constraint permission_grants_membership
        foreign key (user_id, company_id) references auth.memberships on delete cascade
    )`,

    // Single use: whoever deletes the row has used the ticket.
    `create table auth.tickets (
      digest text primary key,
      user_id uuid not null constraint tickets_user references auth.users on delete cascade,
      company_id uuid not null,
      route_id text not null,
      origin text not null,
      token_version bigint not null,
      expires_at timestamptz not null
    )`,
    `create index on auth.tickets (expires_at)`,
  ],
  down: [
    `drop table auth.tickets, auth.permission_grants, auth.module_grants, auth.memberships, auth.tenant_roles, auth.users`,
    `drop schema auth`,
  ],
});
