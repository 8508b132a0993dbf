import { collection, conflict, field } from '../../kit/index.ts';
import { knownEvent } from './event.ts';

export const settlements = collection({
  table: 'settlement',
  fields: {
    event_id: field.uuid(),
    currency: field.currency(),
    gross: field.money(),
    costs: field.money(),
    status: field.defaulted(field.oneOf('open', 'closed')),
  },
  computed: ['net'],
  filters: ['status', 'event_id'],
  confirm: knownEvent,
  rule(before) {
    if (before?.['status'] === 'closed') throw conflict('a closed settlement does not change');
  },
});
