import { collection, inOrder } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const events = collection(manifest, 'event', {
  rule(change) {
    inOrder(change, 'doors_at', 'starts_at');
    inOrder(change, 'starts_at', 'ends_at');
  },
});
