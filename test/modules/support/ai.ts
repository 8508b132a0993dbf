import ai from '../../../modules/addons/ai/index.ts';
import chat from '../../../modules/addons/ai/chat/index.ts';
import mcp from '../../../modules/addons/ai/mcp/index.ts';
import rag from '../../../modules/addons/ai/rag/index.ts';
import { BLUENOTE } from './gateway-keys.ts';
import { services, type Services } from './services.ts';

export const PREDICTION = {
  name: 'Harbour Lights crowd',
  kind: 'attendance',
  horizon: '2027-06-18',
  value: 11_400,
  confidence: 80,
  model: 'baseline',
};
export const ANALYTIC = {
  name: 'Ticket sales in spring',
  metric: 'tickets sold',
  period_start: '2027-03-01',
  period_end: '2027-05-31',
  value: 5200,
  unit: 'tickets',
  dimension: 'city: Rotterdam',
};
export const SCORING = {
  subject_kind: 'artist',
  subject_name: 'Nina Vale',
  score: 87,
  rationale: 'Sold out twice',
};

/** Only another company's rows hold this word. */
export const CANARY = 'Canarybird';

/** All services of ai, with one row of each kind for Acme and one for Bluenote. */
export async function aiServices(): Promise<Services> {
  const opened = await services([ai, chat, mcp, rag]);
  const rows = { predictions: PREDICTION, analytics: ANALYTIC, scorings: SCORING };
  for (const [plural, json] of Object.entries(rows)) {
    const named = 'subject_name' in json ? { subject_name: CANARY } : { name: `${json.name} ${CANARY}` };
    const replies = [
      await opened.send('POST', `/${plural}`, { json }),
      await opened.send('POST', `/${plural}`, { company: BLUENOTE, json: { ...json, ...named } }),
    ];
    for (const { status, body } of replies)
      if (status !== 201) throw new Error(`${plural}: ${status} ${JSON.stringify(body)}`);
  }
  return opened;
}
