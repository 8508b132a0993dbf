import { collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { withinTour } from './tour.ts';

export const routings = collection(manifest, 'routing', {
  async rule(change) {
    if (change.after) await withinTour(change, change.after, 'travel_date');
  },
});
