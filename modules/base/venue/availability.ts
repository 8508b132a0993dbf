import { collection, conflict, inOrder, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { during } from './space.ts';

export const availability = collection(manifest, 'availability', {
  async rule(change) {
    const { after, take, tx } = change;
    if (!after) return;
    inOrder(change, 'starts_at', 'ends_at');
    await take('space', after['space_id']);
    if (after['kind'] !== 'blocked') return;
    const bookings = await during(tx<Row>('booking'), after);
    if (bookings.some(({ status }) => status !== 'cancelled'))
      throw conflict('the space is booked at that time: cancel the booking first');
  },
});
