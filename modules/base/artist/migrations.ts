import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-artists-rosters-availability',
    up: [
      `create table artist (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        stage_name text check (char_length(stage_name) <= 200) not null,
        genre text check (char_length(genre) <= 80) not null,
        country text check (char_length(country) <= 60),
        bio text check (char_length(bio) <= 2000),
        booking_fee numeric(14, 2) check (booking_fee >= 0),
        currency text check (currency ~ '^[A-Z]{3}$'),
        contact_email text check (char_length(contact_email) <= 254),
        status text check (status in ('active', 'on_hiatus', 'retired')) not null default 'active',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint artist_fee_has_currency check (booking_fee is null or currency is not null)
      )`,
      'create index artist_newest on artist (company_id, created_at desc, id desc)',
      'create unique index artist_stage_name_once on artist (company_id, lower(stage_name))',
      `create table roster (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text check (char_length(name) <= 200) not null,
        artist_id uuid references artist (id) not null,
        role text check (role in ('headliner', 'support', 'session')),
        from_date date not null,
        to_date date,
        status text check (status in ('proposed', 'signed', 'ended')) not null default 'proposed',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint roster_once
          exclude using gist (artist_id with =, lower(name) with =, daterange(from_date, to_date, '[]') with &&)
          where (status <> 'ended')
      )`,
      'create index roster_newest on roster (company_id, created_at desc, id desc)',
      'create index on roster (artist_id)',
      `create table availability (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        artist_id uuid references artist (id) not null,
        from_date date not null,
        to_date date not null,
        kind text check (kind in ('available', 'tentative', 'booked', 'unavailable')) not null,
        note text check (char_length(note) <= 500),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint availability_once
          exclude using gist (artist_id with =, daterange(from_date, to_date, '[]') with &&)
      )`,
      'create index availability_newest on availability (company_id, created_at desc, id desc)',
      'create index on availability (artist_id)',
    ],
    down: ['drop table availability', 'drop table roster', 'drop table artist'],
    sentences: {
      artist_fee_has_currency: 'a booking fee needs its currency',
      artist_stage_name_once: 'the directory has an artist of this name',
      roster_once: 'the artist is on this roster already in that period',
      availability_once: 'it overlaps with another entry of this artist',
      roster_artist_id_fkey: 'the artist is on a roster: take that away first',
      availability_artist_id_fkey: 'the artist has entries in the calendar: take those away first',
    },
  },
];
