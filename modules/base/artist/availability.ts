import { collection, inOrder } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

/** The entries of one artist never overlap: they are written one after the other. */
export const availability = collection(manifest, 'availability', {
  async rule(change) {
    const { after, take } = change;
    if (!after) return;
    inOrder(change, 'from_date', 'to_date');
    await take('artist', after['artist_id']);
  },
});
