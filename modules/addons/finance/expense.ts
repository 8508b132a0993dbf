import { collection, frozen, type Handler, type Row } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

/** What was approved is what is paid. */
const rows = collection(manifest, 'expense', { rule: frozen('expense', 'approved', 'paid') });

/** `?expand=event` puts the event beside its id. */
const get: Handler = {
  query: { type: 'object', properties: { expand: { type: 'string', enum: ['event'] } } },
  async handle(request) {
    const answer = await rows.get.handle(request);
    if (request.query['expand'] !== 'event') return answer;
    const expense = answer.data as Row;
    const id = expense['event_id'];
    const event = typeof id === 'string' ? await request.base.get('promoter.event', id) : undefined;
    return { data: { ...expense, event: event ?? null } };
  },
};

export const expenses = { ...rows, get };
