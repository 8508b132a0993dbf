import { expect } from 'chai';
import ai from '../../../modules/addons/ai/index.ts';
import { ANALYTIC, PREDICTION, SCORING } from '../support/ai.ts';
import { trial, type Trial } from '../support/trial.ts';
import { refusal } from '../support/http.ts';

describe('ai', () => {
  let module: Trial;

  before(async function () {
    this.timeout(120_000);
    module = await trial(ai);
  });
  after(() => module.close());

  const post = (path: string, body: object) => module.acme.send('POST', path, body);

  it('keeps predictions, analytics and scorings', async () => {
    const prediction = await post('/predictions', PREDICTION);
    expect(prediction.status).to.equal(201);
    expect(prediction.body.data).to.include({ ...PREDICTION, event_id: null, currency: null });
    const analytic = await post('/analytics', { ...ANALYTIC, value: -12 });
    expect(analytic.body.data).to.include({ ...ANALYTIC, value: -12 });
    expect((await post('/scorings', SCORING)).body.data).to.include({ ...SCORING, status: 'draft' });
  });

  it('lets nobody in without the permission, and shows no row of another company', async () => {
    expect(await module.unguarded()).to.deep.equal([]);
    for (const entity of ['prediction', 'analytic', 'scoring']) {
      expect((await module.read(entity, (await module.make(entity)).id)).status).to.equal(200);
      expect((await module.read(entity, (await module.makeElsewhere(entity)).id)).status).to.equal(404);
    }
  });

  it('may name the event that a prediction is about, which is asked for', async () => {
    const event_id = 'eeeeeeee-0000-4000-8000-000000000001';
    expect((await post('/predictions', { ...PREDICTION, event_id })).body.data.event_id).to.equal(event_id);
  });

  it('refuses revenue without a currency, and a period that ends before it starts', async () => {
    expect(refusal(await post('/predictions', { ...PREDICTION, kind: 'revenue' }))).to.equal(
      '400 validation_error: {"currency":"is missing: revenue is in a currency"}',
    );
    expect(refusal(await post('/analytics', { ...ANALYTIC, period_end: '2027-02-01' }))).to.equal(
      '400 validation_error: {"period_end":"is before period_start"}',
    );
    expect((await post('/scorings', { ...SCORING, score: 101 })).status).to.equal(400);
  });

  it('lets a published scoring be, until it is withdrawn', async () => {
    const { id } = (await post('/scorings', SCORING)).body.data;
    const patch = (body: object) => module.acme.send('PATCH', `/scorings/${id}`, body);
    expect((await patch({ status: 'published' })).status).to.equal(200);
    expect((await patch({ score: 1 })).status).to.equal(409);
    expect((await module.acme.send('DELETE', `/scorings/${id}`)).status).to.equal(409);
    expect((await patch({ status: 'withdrawn' })).body.data.status).to.equal('withdrawn');
    expect((await patch({ status: 'published' })).status).to.equal(409);
  });
});
