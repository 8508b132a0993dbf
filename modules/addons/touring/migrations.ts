import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-tours-routings-schedules',
    up: [
      `create table tour (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text check (char_length(name) <= 200) not null,
        artist_name text check (char_length(artist_name) <= 200) not null,
        artist_id uuid,
        from_date date not null,
        to_date date not null,
        status text check (status in ('planned', 'confirmed', 'completed', 'cancelled')) not null default 'planned',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index tour_newest on tour (company_id, created_at desc, id desc)',
      'create index on tour (artist_id)',
      `create table routing (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        tour_id uuid references tour (id) not null,
        leg integer check (leg between 1 and 1000) not null,
        from_city text check (char_length(from_city) <= 100) not null,
        to_city text check (char_length(to_city) <= 100) not null,
        travel_date date not null,
        distance_km integer check (distance_km between 0 and 50000),
        mode text check (mode in ('road', 'rail', 'air', 'sea')),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint routing_leg_once unique (tour_id, leg)
      )`,
      'create index routing_newest on routing (company_id, created_at desc, id desc)',
      'create index on routing (tour_id)',
      `create table schedule (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        tour_id uuid references tour (id) not null,
        date date not null,
        kind text check (kind in ('travel', 'load_in', 'soundcheck', 'show', 'press', 'day_off')) not null,
        starts_at timestamptz(3),
        ends_at timestamptz(3),
        event_id uuid,
        note text check (char_length(note) <= 2000),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index schedule_newest on schedule (company_id, created_at desc, id desc)',
      'create index on schedule (tour_id)',
      'create index on schedule (event_id)',
    ],
    down: ['drop table schedule', 'drop table routing', 'drop table tour'],
    sentences: {
      routing_leg_once: 'the tour has a leg of this number',
      routing_tour_id_fkey: 'the tour has legs: take those away first',
      schedule_tour_id_fkey: 'the tour has a schedule: take that away first',
    },
  },
];
