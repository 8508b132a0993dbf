import { type Change, collection, conflict, inOrder, invalid, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

/** The venue's side of an event: it happens in a booking, and in its time. */
export const events = collection(manifest, 'event', {
  async rule(change) {
    const { before, after, take } = change;
    if (!after) return;
    inOrder(change, 'starts_at', 'ends_at');
    inOrder(change, 'doors_at', 'starts_at');
    const booking = await take('booking', after['booking_id']);
    within(booking, after);
    if (!before && booking['status'] === 'cancelled') throw conflict('the booking is cancelled');
  },
});

function within(booking: Row, { doors_at, starts_at, ends_at }: NonNullable<Change['after']>): void {
  const [from, to] = [booking['starts_at'] as Date, booking['ends_at'] as Date];
  const moment = (value: unknown) => new Date(value as string | Date);
  if (moment(doors_at ?? starts_at) < from) {
    throw invalid('the body is not valid', {
      [doors_at ? 'doors_at' : 'starts_at']: 'is before the booking',
    });
  }
  if (moment(ends_at) > to) throw invalid('the body is not valid', { ends_at: 'is after the booking' });
}
