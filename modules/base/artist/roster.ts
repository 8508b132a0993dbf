import { collection, inOrder } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const rosters = collection(manifest, 'roster', {
  async rule(change) {
    const { after, take } = change;
    if (!after) return;
    inOrder(change, 'from_date', 'to_date');
    await take('artist', after['artist_id']);
  },
});
