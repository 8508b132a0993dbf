import { type Change, collection, conflict, frozen } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

/** What a customer has in hand does not change. */
const keptAsSent = frozen('quote', 'sent', 'accepted', 'declined', 'expired');

export const quotes = collection(manifest, 'quote', {
  async rule(change) {
    keptAsSent(change);
    acceptedInTime(change);
    const { after, before, take } = change;
    if (!after || after['service_id'] === before?.['service_id']) return;
    const service = await take('service', after['service_id']);
    if (!service['active']) throw conflict('the service is not offered: it is not active');
  },
});

function acceptedInTime({ before, after }: Change): void {
  if (after?.['status'] !== 'accepted' || before?.['status'] === 'accepted') return;
  const last = String(after['valid_until']);
  // A quote is good for the whole of its last day, by UTC.
  if (last < new Date().toISOString().slice(0, 10)) throw conflict(`the quote was valid until ${last}`);
}
