import { expect } from 'chai';
import { decodeJwt } from 'jose';
import { answerOf } from '../../support/auth-answers.ts';
import { serve, type TestServer } from '../../support/servers.ts';
import { COMPANY } from '../../support/stage.ts';
import { openStreamStage, type StreamStage } from '../../support/streams.ts';
import { until } from '../../support/until.ts';

/** Changes that only Auth knows of: nothing of them is ever heard in the gateway's own database. */
describe('a lease on access from Auth', () => {
  let auth: TestServer;
  let stage: StreamStage;
  let status: number;
  let permissions: string[];
  let asked = 0;

  before(async function () {
    this.timeout(60_000);
    auth = await serve((req, res) => {
      asked += 1;
      const { authorization } = req.headers;
      // The probe of the breaker shows no token.
      if (!authorization) return void res.writeHead(status === 200 ? 401 : status).end();
      const { sub } = decodeJwt(authorization.slice(7));
      const answer = answerOf(sub!, String(req.headers['x-org']));
      answer.data.permissions = permissions;
      const isKnown = answer.data.companyId === COMPANY.acme;
      res.writeHead(status === 200 && !isKnown ? 403 : status, { 'content-type': 'application/json' });
      res.end(
        JSON.stringify(
          status === 200 && isKnown ? answer : { success: false, error: { code: 'x', message: 'x' } },
        ),
      );
    });
    stage = await openStreamStage({
      env: {
        ACCESS_SOURCE: 'auth',
        AUTH_URL: auth.url,
        INTERNAL_API_KEY: 'key',
        ACCESS_MAX_STALENESS_MS: '300',
      },
    });
  });
  after(async () => {
    await stage.close();
    auth.close();
  });
  beforeEach(() => {
    status = 200;
    permissions = ['finance.expense.view'];
  });
  afterEach(() => until(() => stage.held.size === 0));

  const open = () =>
    Promise.all([stage.open('websocket'), stage.open('websocket', { path: '/api/checkout/session' })]);
  const endings = (streams: { ended: Promise<string> }[]) => Promise.all(streams.map(({ ended }) => ended));

  it('is renewed for as long as Auth allows it, and ends when Auth does no more', async () => {
    const [module, own] = await open();
    const before = asked;
    await until(() => asked > before + 4);
    expect([await module.flows(), await own.flows()]).to.deep.equal([true, true]);
    permissions = [];
    expect(await module.ended).to.equal('1008 forbidden: permission_missing');
    // Where no company is asked about, the token is all there is to it.
    expect(await own.flows()).to.equal(true);
    own.leave();
  });

  it('ends with the token', async () => {
    const streams = await open();
    status = 401;
    expect(await endings(streams)).to.deep.equal(['1008 unauthorized', '1008 unauthorized']);
  });

  it('ends when Auth cannot say', async () => {
    const streams = await open();
    status = 500;
    expect(await endings(streams)).to.deep.equal(['1013 service_unavailable', '1013 service_unavailable']);
  });
});
