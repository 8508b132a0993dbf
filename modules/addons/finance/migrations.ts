import type { Migration } from '../../kit/index.ts';

const common = `
  id uuid primary key default gen_random_uuid(),
  company_id uuid not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  currency text not null`;

export const migrations: Migration[] = [
  {
    name: '0001-expenses-income-settlements',
    up: [
      `create table expense (${common},
        amount numeric(14, 2) not null check (amount >= 0),
        date date not null,
        category text not null,
        status text not null default 'draft' check (status in ('draft', 'submitted', 'approved', 'paid')),
        event_id uuid,
        payee text,
        note text
      )`,
      `create table income (${common},
        amount numeric(14, 2) not null check (amount >= 0),
        date date not null,
        source text not null,
        status text not null default 'expected' check (status in ('expected', 'received')),
        event_id uuid,
        note text
      )`,
      `create table settlement (${common},
        event_id uuid not null,
        gross numeric(14, 2) not null check (gross >= 0),
        costs numeric(14, 2) not null check (costs >= 0),
        net numeric(14, 2) generated always as (gross - costs) stored,
        status text not null default 'open' check (status in ('open', 'closed'))
      )`,
      'create index expense_newest on expense (company_id, created_at desc, id desc)',
      'create index income_newest on income (company_id, created_at desc, id desc)',
      'create index settlement_newest on settlement (company_id, created_at desc, id desc)',
    ],
    down: ['drop table settlement', 'drop table income', 'drop table expense'],
  },
  {
    name: '0002-invoices',
    up: [
      `alter table expense
        add column tax numeric(14, 2) check (tax >= 0),
        add column invoice_number text check (char_length(invoice_number) <= 80),
        add column due_date date`,
      `alter table income
        add column invoice_number text check (char_length(invoice_number) <= 80),
        add column due_date date`,
      'alter table settlement add column note text check (char_length(note) <= 2000)',
    ],
    down: [
      'alter table expense drop column tax, drop column invoice_number, drop column due_date',
      'alter table income drop column invoice_number, drop column due_date',
      'alter table settlement drop column note',
    ],
  },
  // What was there before belongs to the unit `main`: no member limited to another sees it.
  {
    name: '0003-business-units',
    up: [
      `alter table expense add column unit text not null default 'main'
        check (unit ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' and length(unit) <= 64)`,
      `alter table income add column unit text not null default 'main'
        check (unit ~ '^[a-z0-9]+([-_][a-z0-9]+)*$' and length(unit) <= 64)`,
      'alter table expense alter column unit drop default',
      'alter table income alter column unit drop default',
    ],
    down: ['alter table income drop column unit', 'alter table expense drop column unit'],
  },
];
