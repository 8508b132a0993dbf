import { expect } from 'chai';
import knex, { type Knex } from 'knex';
import { assertionSigner } from '../support/gateway-keys.ts';
import { demoModule, serve, type Served } from '../support/demo.ts';
import { call } from '../support/http.ts';

describe('a handler that fails', () => {
  let served: Served;
  let db: Knex;
  let assertion: string;
  let fail: () => never | Promise<never>;

  before(async () => {
    const signer = await assertionSigner('demo');
    assertion = await signer.sign({ permissions: ['demo.thing.view'] });
    // Nobody listens on port 1.
    db = knex({
      client: 'pg',
      connection: { connectionString: 'postgres://nobody:canary-password@127.0.0.1:1/none' },
      pool: { min: 0, max: 1, propagateCreateError: true },
    });
    const { definition } = demoModule({
      'thing.list': { handle: () => fail() },
      'thing.get': { handle: (request) => request.transaction(async (tx) => ({ data: await tx('thing') })) },
    });
    served = await serve(definition, { assertionKeys: signer.jwks, db });
  });
  after(async () => {
    await served.close();
    await db.destroy();
  });

  const get = (path: string) => call(`${served.url}${path}`, { headers: { 'x-kisum-assertion': assertion } });

  it('answers 500 and tells the log why, the client nothing', async () => {
    fail = () => {
      throw new Error('canary of the inside');
    };
    const { status, body } = await get('/api/demo/things');
    expect(status).to.equal(500);
    expect(body.error).to.include({ code: 'internal_error', message: 'the module failed' });
    expect(JSON.stringify(body)).not.to.include('canary');
    expect(served.lines.at(-1)).to.include({ result: 'failed', status: 500 });
    expect(JSON.stringify(served.lines.at(-1)?.['causes'])).to.include('canary of the inside');
  });

  it('answers 500 for what was thrown and is no error', async () => {
    fail = () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the case
      throw undefined;
    };
    expect((await get('/api/demo/things')).status).to.equal(500);
  });

  it('answers 503 while its database is away', async () => {
    const { status, body } = await get('/api/demo/things/bbbbbbbb-0000-4000-8000-000000000001');
    expect(status).to.equal(503);
    expect(body.error.code).to.equal('service_unavailable');
    expect(served.text()).not.to.include('canary-password');
  });
});
