import type { Migration } from '../../kit/index.ts';

export const migrations: Migration[] = [
  {
    name: '0001-booking-requests-offers',
    up: [
      `create table booking_request (
        id uuid primary key default gen_random_uuid(),
        promoter_company_id uuid not null,
        venue_company_id uuid not null,
        venue_listing_id uuid not null,
        event_name text check (char_length(event_name) <= 200) not null,
        starts_at timestamptz(3) not null,
        ends_at timestamptz(3) not null,
        expected_attendance integer check (expected_attendance between 1 and 1000000),
        budget numeric(14, 2) check (budget >= 0),
        currency text check (currency ~ '^[A-Z]{3}$'),
        message text check (char_length(message) <= 2000),
        answer text check (char_length(answer) <= 2000),
        status text check (status in ('draft', 'sent', 'accepted', 'declined', 'withdrawn')) not null default 'draft',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint booking_request_budget_has_currency check (budget is null or currency is not null)
      )`,
      'create index booking_request_newest on booking_request (promoter_company_id, created_at desc, id desc)',
      'create index booking_request_newest_2 on booking_request (venue_company_id, created_at desc, id desc)',
      'create index on booking_request (venue_listing_id)',
      `create policy drafts_are_private on booking_request as restrictive
        using (status <> 'draft' or promoter_company_id = current_setting('kisum.company')::uuid)`,
      `create table offer (
        id uuid primary key default gen_random_uuid(),
        venue_company_id uuid not null,
        promoter_company_id uuid not null,
        booking_request_id uuid references booking_request (id) not null,
        amount numeric(14, 2) check (amount >= 0) not null,
        currency text check (currency ~ '^[A-Z]{3}$') not null,
        split_percent integer check (split_percent between 0 and 100),
        valid_until date not null,
        terms text check (char_length(terms) <= 10000),
        answer text check (char_length(answer) <= 2000),
        status text check (status in ('draft', 'sent', 'accepted', 'declined', 'withdrawn')) not null default 'draft',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`,
      'create index offer_newest on offer (venue_company_id, created_at desc, id desc)',
      'create index offer_newest_2 on offer (promoter_company_id, created_at desc, id desc)',
      'create index on offer (booking_request_id)',
      `create policy drafts_are_private on offer as restrictive
        using (status <> 'draft' or venue_company_id = current_setting('kisum.company')::uuid)`,
      "create unique index offer_accepted_once on offer (booking_request_id) where status = 'accepted'",
    ],
    down: ['drop table offer', 'drop table booking_request'],
    sentences: {
      booking_request_budget_has_currency: 'a budget needs its currency',
      offer_accepted_once: 'another offer was accepted',
      offer_booking_request_id_fkey: 'there are offers for it: withdraw it instead',
    },
  },
];
