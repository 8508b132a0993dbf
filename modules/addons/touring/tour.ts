import type { Knex } from 'knex';
import { type Change, collection, conflict, inOrder, invalid, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const tours = collection(manifest, 'tour', {
  async rule(change) {
    const { before, after, tx } = change;
    if (!after) return;
    inOrder(change, 'from_date', 'to_date');
    if (before) await nothingOutside(tx, after);
  },
});

async function nothingOutside(tx: Knex.Transaction, { id, from_date, to_date }: Row): Promise<void> {
  const dates = [from_date, to_date] as [string, string];
  const legs = await tx<Row>('routing').where({ tour_id: id }).whereNotBetween('travel_date', dates);
  const days = await tx<Row>('schedule').where({ tour_id: id }).whereNotBetween('date', dates);
  const [outside] = [...legs.map(() => 'routing'), ...days.map(() => 'schedule')];
  if (outside) throw conflict(`the tour has a ${outside} outside these dates: move that first`);
}

/** The day is one of the tour, whose dates stay until the transaction ends. */
export async function withinTour({ take }: Change, row: Row, day: string): Promise<void> {
  const tour = await take('tour', row['tour_id']);
  const [date, from, to] = [row[day], tour['from_date'], tour['to_date']] as [string, string, string];
  if (date < from || date > to) {
    throw invalid('the body is not valid', { [day]: `is outside the tour: ${from} to ${to}` });
  }
}
