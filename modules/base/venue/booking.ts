import { collection, conflict, inOrder, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { during } from './space.ts';

/** A space is booked once at a time; the database holds it, a cancelled booking aside. */
export const bookings = collection(manifest, 'booking', {
  async rule(change) {
    const { after, take, tx } = change;
    if (!after) return;
    inOrder(change, 'starts_at', 'ends_at');
    await take('space', after['space_id']);
    if (after['status'] === 'cancelled') return;
    const entries = await during(tx<Row>('availability'), after);
    if (entries.some(({ kind }) => kind === 'blocked')) throw conflict('the space is blocked at that time');
  },
});
