import type { Handler } from '../../kit/index.ts';

const text = { type: 'string', maxLength: 200 };

/** What venues publish, for those who look for one: read from the venue module, never kept. */
const listings: Handler = {
  query: {
    type: 'object',
    properties: {
      city: text,
      country: text,
      cursor: text,
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    },
  },
  handle: ({ base, query }) => {
    const { city, country, cursor, limit } = query;
    const wanted = Object.entries({ city, country, cursor, limit }).filter(
      ([, value]) => value !== undefined,
    );
    return base.page(
      'venue.venue_listing',
      Object.fromEntries(wanted.map(([name, value]) => [name, String(value)])),
    );
  },
};

export const routes: Record<string, Handler> = { 'venue_listing.list': listings };
