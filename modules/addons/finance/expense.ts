import { collection, field, type Handler, type Row } from '../../kit/index.ts';
import { eventOf, knownEvent } from './event.ts';

const rows = collection({
  table: 'expense',
  fields: {
    amount: field.money(),
    currency: field.currency(),
    date: field.date(),
    category: field.text(80),
    status: field.defaulted(field.oneOf('draft', 'submitted', 'approved', 'paid')),
    event_id: field.optional(field.uuid()),
    payee: field.optional(field.text(200)),
    note: field.optional(field.text(2000)),
  },
  filters: ['status', 'category', 'event_id', 'date'],
  confirm: knownEvent,
});

/** `?expand=event` puts the event beside its id. */
const get: Handler = {
  query: { type: 'object', properties: { expand: { type: 'string', enum: ['event'] } } },
  async handle(request) {
    const answer = await rows.get.handle(request);
    if (request.query['expand'] !== 'event') return answer;
    const expense = answer.data as Row;
    return { data: { ...expense, event: await eventOf(expense, request) } };
  },
};

export const expenses = { ...rows, get };
