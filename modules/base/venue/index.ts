import { defineModule, named } from '../../kit/index.ts';
import { venues } from './venue.ts';
import { spaces } from './space.ts';
import { availability } from './availability.ts';
import { bookings } from './booking.ts';
import { deals } from './deal.ts';
import { contracts } from './contract.ts';
import { events } from './event.ts';
import { venueListings } from './venue_listing.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('venue', venues),
    ...named('space', spaces),
    ...named('availability', availability),
    ...named('booking', bookings),
    ...named('deal', deals),
    ...named('contract', contracts),
    ...named('event', events),
    ...named('venue_listing', venueListings),
  },
  migrations,
});
