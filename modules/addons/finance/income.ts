import { collection, field } from '../../kit/index.ts';
import { knownEvent } from './event.ts';

export const income = collection({
  table: 'income',
  fields: {
    amount: field.money(),
    currency: field.currency(),
    date: field.date(),
    source: field.text(200),
    status: field.defaulted(field.oneOf('expected', 'received')),
    event_id: field.optional(field.uuid()),
    note: field.optional(field.text(2000)),
  },
  filters: ['status', 'source', 'event_id', 'date'],
  confirm: knownEvent,
});
