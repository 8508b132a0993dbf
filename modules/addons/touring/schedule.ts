import { type Change, collection, inOrder, invalid } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { withinTour } from './tour.ts';

const WITHOUT_EVENT = ['travel', 'day_off'];

export const schedules = collection(manifest, 'schedule', {
  async rule(change) {
    const { after } = change;
    if (!after) return;
    inOrder(change, 'starts_at', 'ends_at');
    eventWhereThereIsOne(after);
    await withinTour(change, after, 'date');
  },
});

function eventWhereThereIsOne({ kind, event_id }: NonNullable<Change['after']>): void {
  if (event_id == null || !WITHOUT_EVENT.includes(kind as string)) return;
  throw invalid('the body is not valid', { event_id: `does not belong to a day of kind ${String(kind)}` });
}
