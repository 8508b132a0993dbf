import { expect } from 'chai';
import fc from 'fast-check';
import { queryOf } from '../../../modules/addons/ai/words.ts';
import { aiServices, CANARY } from '../support/ai.ts';
import { BLUENOTE } from '../support/gateway-keys.ts';
import type { Sent, Services } from '../support/services.ts';

describe('ai.rag', () => {
  let services: Services;

  before(async function () {
    this.timeout(120_000);
    services = await aiServices();
  });
  after(() => services.close());

  const search = async (query: string, sent: Sent = {}, limit?: number) => {
    const reply = await services.send('POST', '/rag/search', { json: { query, limit }, ...sent });
    expect(reply.status, JSON.stringify(reply.body)).to.equal(200);
    return reply.body.data as { entity: string; id: string; text: string; rank: number }[];
  };

  it('finds passages, the best first, with the row each stands for', async () => {
    const found = await search('How did ticket sales go in Rotterdam, and what of the harbour?');
    expect(found.map(({ entity }) => entity)).to.deep.equal(['ai.analytic', 'ai.prediction']);
    expect(found[0]!.text).to.equal(
      'Ticket sales in spring: tickets sold (city: Rotterdam) was 5200 tickets from 2027-03-01 to 2027-05-31.',
    );
    expect(found[0]!.rank).to.be.above(found[1]!.rank);
    const row = await services.send('GET', `/analytics/${found[0]!.id}`);
    expect(row.body.data.name).to.equal('Ticket sales in spring');
  });

  it('gives no more than asked for, and nothing for nothing', async () => {
    expect(await search('sales harbour vale', {}, 1)).to.have.length(1);
    expect(await search('?!')).to.deep.equal([]);
    for (const json of [{}, { query: '' }, { query: 'x', limit: 51 }, { query: 'x', company: BLUENOTE }])
      expect((await services.send('POST', '/rag/search', { json })).status).to.equal(400);
  });

  it("finds nothing of another company's", async () => {
    expect(await search(CANARY)).to.deep.equal([]);
    expect(await search(CANARY, { company: BLUENOTE })).to.have.length(3);
  });

  it('finds nothing of a kind that its user may not see', async () => {
    const permissions = ['ai.analytic.view'];
    const found = await search('tickets harbour vale prediction scoring', { permissions });
    expect(found.map(({ entity }) => entity)).to.deep.equal(['ai.analytic']);
  });

  it('takes any text as words and never as a query', async () => {
    for (const text of [
      "' | 'nina':*",
      '\\',
      "!'sales' & (",
      'sales <-> x',
      '\0sales',
      "nina'; drop table ai.scoring",
    ])
      await search(text);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(queryOf(text) ?? "'xx'").to.match(
          /^'[\p{L}\p{N}]+'(?::\*)?(?: \| '[\p{L}\p{N}]+'(?::\*)?)*$/u,
        );
      }),
    );
  });
});
