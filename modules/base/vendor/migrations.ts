import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-profiles-services-quotes',
    up: [
      `create table vendor_profile (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        name text check (char_length(name) <= 200) not null,
        trade text check (trade in ('catering', 'sound', 'lighting', 'staging', 'security', 'transport', 'other')) not null,
        description text check (char_length(description) <= 2000),
        city text check (char_length(city) <= 100),
        country text check (char_length(country) <= 60),
        contact_email text check (char_length(contact_email) <= 254),
        contact_phone text check (char_length(contact_phone) <= 40),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index vendor_profile_newest on vendor_profile (company_id, created_at desc, id desc)',
      `create table service (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        vendor_profile_id uuid references vendor_profile (id) not null,
        name text check (char_length(name) <= 200) not null,
        description text check (char_length(description) <= 2000),
        price numeric(14, 2) check (price >= 0) not null,
        currency text check (currency ~ '^[A-Z]{3}$') not null,
        unit text check (unit in ('hour', 'day', 'event', 'person', 'piece')) not null,
        active boolean not null default false,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index service_newest on service (company_id, created_at desc, id desc)',
      'create index on service (vendor_profile_id)',
      `create table quote (
        id uuid primary key default gen_random_uuid(),
        company_id uuid not null,
        service_id uuid references service (id) not null,
        customer text check (char_length(customer) <= 200) not null,
        event_name text check (char_length(event_name) <= 200) not null,
        event_date date not null,
        quantity integer check (quantity between 1 and 1000000) not null,
        amount numeric(14, 2) check (amount >= 0) not null,
        currency text check (currency ~ '^[A-Z]{3}$') not null,
        valid_until date not null,
        note text check (char_length(note) <= 2000),
        status text check (status in ('draft', 'sent', 'accepted', 'declined', 'expired')) not null default 'draft',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index quote_newest on quote (company_id, created_at desc, id desc)',
      'create index on quote (service_id)',
    ],
    down: ['drop table quote', 'drop table service', 'drop table vendor_profile'],
    sentences: {
      service_vendor_profile_id_fkey: 'the profile has services: take those away first',
      quote_service_id_fkey: 'the service has quotes: set active to false instead',
    },
  },
];
