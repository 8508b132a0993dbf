import { type Change, collection, conflict } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { twoSided } from './sides.ts';

const sides = twoSided('offer', 'venue_company_id');

/** The venue's answer to a booking request with terms of its own; accepting one settles the request. */
export const offers = collection(manifest, 'offer', {
  async rule(change) {
    sides(change);
    const { before, after, take } = change;
    if (!after || after['status'] === 'declined' || after['status'] === 'withdrawn') return;
    const request = await take('booking_request', after['booking_request_id']);
    if (request['status'] !== 'sent') throw conflict(`the booking request is ${String(request['status'])}`);
    if (before && after['status'] === 'accepted') inTime(after);
  },
  async written({ before, after, tx }) {
    if (after?.['status'] !== 'accepted' || before?.['status'] === 'accepted') return;
    await tx('booking_request')
      .where({ id: after['booking_request_id'] })
      .update({ status: 'accepted', updated_at: tx.fn.now() });
  },
});

function inTime({ valid_until }: NonNullable<Change['after']>): void {
  const last = String(valid_until);
  // An offer is good for the whole of its last day, by UTC.
  if (last < new Date().toISOString().slice(0, 10)) throw conflict(`the offer was valid until ${last}`);
}
