import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-events',
    up: [
      `create table event (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text not null,
        status text not null default 'draft'
          check (status in ('draft', 'announced', 'on_sale', 'completed', 'cancelled')),
        starts_at timestamptz(3) not null,
        ends_at timestamptz(3) check (ends_at >= starts_at),
        venue_name text,
        city text,
        capacity integer check (capacity >= 0),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index event_newest on event (company_id, created_at desc, id desc)',
    ],
    down: ['drop table event'],
  },
  {
    name: '0002-event-details',
    up: [
      `alter table event
        add column description text check (char_length(description) <= 2000),
        add column doors_at timestamptz(3),
        add column country text check (char_length(country) <= 60),
        add column age_limit integer check (age_limit between 0 and 99)`,
    ],
    down: [
      'alter table event drop column description, drop column doors_at, drop column country, drop column age_limit',
    ],
  },
];
