import { collection, inOrder } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { twoSided } from './sides.ts';

const sides = twoSided('booking request', 'promoter_company_id');

/** A promoter asks the venue of a listing; which company that is, the listing says. */
export const bookingRequests = collection(manifest, 'booking_request', {
  rule(change) {
    sides(change);
    inOrder(change, 'starts_at', 'ends_at');
  },
});
