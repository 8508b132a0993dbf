import { invalid, type ModuleRequest, type Row } from '../../kit/index.ts';

const EVENT = 'promoter.event';

/** Refuses values that name an event the company does not have. */
export async function knownEvent(values: Row, { base }: ModuleRequest): Promise<void> {
  const id = values['event_id'];
  if (typeof id !== 'string' || (await base.get(EVENT, id))) return;
  throw invalid('the body is not valid', { event_id: 'is no event of this company' });
}

/** The event a row names; null when it names none, or one that is gone. */
export async function eventOf(row: Row, { base }: ModuleRequest): Promise<Row | null> {
  const id = row['event_id'];
  return typeof id === 'string' ? ((await base.get(EVENT, id)) ?? null) : null;
}
