import type { Platform } from '../operations/platform.ts';
import { createToken } from '../operations/create-token.ts';

/** Enters one row and gives back its id. */
type Enter = (path: string, body: object) => Promise<string>;

const BUSINESS: { company: string; user: string; enter: (post: Enter) => Promise<unknown> }[] = [
  { company: '11111111-1111-4111-8111-111111111111', user: 'ana@acme.example', enter: acme },
  { company: '22222222-2222-4222-8222-222222222222', user: 'cleo@bluenote.example', enter: bluenote },
  { company: '33333333-3333-4333-8333-333333333333', user: 'sol@solo.example', enter: solo },
];

/** A little business for the demo's companies, entered as their people would: through the gateway, judged like anything else. */
export async function enterSampleData(platform: Platform, gatewayUrl: string): Promise<void> {
  await Promise.all(
    BUSINESS.map(async ({ company, user, enter }) => {
      const token = await createToken(platform, { user, ttlSeconds: 60 });
      await enter((path, body) => post(gatewayUrl + path, { token, company, body }));
    }),
  );
}

async function post(
  url: string,
  { token, company, body }: { token: string; company: string; body: object },
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'x-org': company, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201)
    throw new Error(`sample data refused: POST ${new URL(url).pathname}: ${response.status} ${text}`);
  return (JSON.parse(text) as { data: { id: string } }).data.id;
}

async function acme(post: Enter): Promise<void> {
  const event_id = await post('/api/promoter/events', {
    name: 'Harbour Lights Festival',
    starts_at: '2027-06-18T16:00:00Z',
    ends_at: '2027-06-20T23:00:00Z',
    city: 'Rotterdam',
    capacity: 12_000,
  });
  await post('/api/finance/expenses', {
    amount: '1850.00',
    currency: 'EUR',
    date: '2027-03-02',
    category: 'stage',
    event_id,
    status: 'draft',
    unit: 'rotterdam',
  });
  await post('/api/finance/expenses', {
    amount: '420.00',
    currency: 'EUR',
    date: '2027-03-09',
    category: 'office',
    unit: 'berlin',
  });
  const tour_id = await post('/api/touring/tours', {
    name: 'Northern Summer',
    artist_name: 'Nina Vale',
    from_date: '2027-06-10',
    to_date: '2027-06-30',
  });
  await post('/api/touring/routings', {
    tour_id,
    leg: 1,
    from_city: 'Hamburg',
    to_city: 'Rotterdam',
    travel_date: '2027-06-17',
    distance_km: 500,
    mode: 'road',
  });
  await post('/api/touring/schedules', { tour_id, date: '2027-06-18', kind: 'show', event_id });
}

async function bluenote(post: Enter): Promise<void> {
  const venue_id = await post('/api/venue/venues', {
    name: 'Bluenote Hall',
    city: 'Rotterdam',
    country: 'Netherlands',
    capacity: 900,
    listed: true,
  });
  const space_id = await post('/api/venue/spaces', {
    venue_id,
    name: 'Main hall',
    kind: 'hall',
    capacity: 900,
  });
  await post('/api/venue/bookings', {
    space_id,
    title: 'Jazz night',
    starts_at: '2027-05-07T18:00:00Z',
    ends_at: '2027-05-07T23:00:00Z',
  });
}

async function solo(post: Enter): Promise<void> {
  const artist_id = await post('/api/artist/artists', {
    stage_name: 'Nina Vale',
    genre: 'soul',
    booking_fee: '12500.00',
    currency: 'EUR',
  });
  await post('/api/artist/availability', {
    artist_id,
    from_date: '2027-06-10',
    to_date: '2027-06-30',
    kind: 'booked',
    note: 'Northern Summer',
  });
}
