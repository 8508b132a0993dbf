import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-predictions-analytics-scorings',
    up: [
      `create table prediction (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text check (char_length(name) <= 200) not null,
        kind text check (kind in ('attendance', 'revenue', 'demand')) not null,
        event_id uuid,
        horizon date not null,
        value integer check (value between 0 and 2147483647) not null,
        currency text check (currency ~ '^[A-Z]{3}$'),
        confidence integer check (confidence between 0 and 100) not null,
        model text check (char_length(model) <= 80) not null,
        note text check (char_length(note) <= 2000),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index prediction_newest on prediction (company_id, created_at desc, id desc)',
      `create table analytic (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text check (char_length(name) <= 200) not null,
        metric text check (char_length(metric) <= 80) not null,
        period_start date not null,
        period_end date not null,
        value integer check (value between -2147483648 and 2147483647) not null,
        unit text check (char_length(unit) <= 40),
        dimension text check (char_length(dimension) <= 120),
        note text check (char_length(note) <= 2000),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index analytic_newest on analytic (company_id, created_at desc, id desc)',
      `create table scoring (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        subject_kind text check (subject_kind in ('artist', 'event', 'venue', 'audience', 'market')) not null,
        subject_name text check (char_length(subject_name) <= 200) not null,
        score integer check (score between 0 and 100) not null,
        rationale text check (char_length(rationale) <= 2000),
        status text check (status in ('draft', 'published', 'withdrawn')) not null default 'draft',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index scoring_newest on scoring (company_id, created_at desc, id desc)',
    ],
    down: ['drop table scoring', 'drop table analytic', 'drop table prediction'],
  },
];
