import { defineModule, named } from '../../kit/index.ts';
import { bookingRequests } from './booking_request.ts';
import { offers } from './offer.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';
import { routes } from './routes.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('booking_request', bookingRequests),
    ...named('offer', offers),
    ...routes,
  },
  migrations,
});
