import type { Platform } from '../operations/platform.ts';
import { createToken } from '../operations/create-token.ts';

const ACME = '11111111-1111-4111-8111-111111111111';

/** A little business for Acme, entered as Ana would: through the gateway, judged like anything else. */
export async function enterSampleData(platform: Platform, gatewayUrl: string): Promise<void> {
  const token = await createToken(platform, { user: 'ana@acme.example', ttlSeconds: 60 });
  const post = async (path: string, body: object): Promise<{ id: string }> => {
    const response = await fetch(gatewayUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'x-org': ACME, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 201)
      throw new Error(`sample data refused: POST ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: { id: string } }).data;
  };
  const event = await post('/api/promoter/events', {
    name: 'Harbour Lights Festival',
    starts_at: '2027-06-18T16:00:00Z',
    ends_at: '2027-06-20T23:00:00Z',
    city: 'Rotterdam',
    capacity: 12_000,
  });
  await post('/api/finance/expenses', {
    amount: '1850.00',
    currency: 'EUR',
    date: '2027-03-02',
    category: 'stage',
    event_id: event.id,
    status: 'draft',
  });
}
