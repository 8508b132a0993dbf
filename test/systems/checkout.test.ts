import { expect } from 'chai';
import checkout from '../../systems/checkout/index.ts';
import { serve, type Served } from '../modules/support/demo.ts';
import { ANA, assertionSigner, type Signer } from '../modules/support/gateway-keys.ts';
import { call } from '../modules/support/http.ts';

describe('checkout', () => {
  let signer: Signer;
  let served: Served;

  before(async () => {
    signer = await assertionSigner('checkout');
    served = await serve(checkout, { assertionKeys: signer.jwks });
  });
  after(() => served.close());

  it('shows its plans to everybody', async () => {
    const { status, body } = await call(`${served.url}/api/checkout/plans`);
    expect(status).to.equal(200);
    expect(body.data).to.deep.include({ key: 'finance', kind: 'addon', title: 'Finance' });
  });

  it('shows a session to whom the gateway names, without a company', async () => {
    const assertion = await signer.sign({ company: undefined, permissions: undefined, role: undefined });
    const headers = { 'x-kisum-assertion': assertion };
    const { status, body } = await call(`${served.url}/api/checkout/session`, { headers });
    expect(status).to.equal(200);
    expect(body.data).to.deep.equal({ userId: ANA, items: [] });
    expect((await call(`${served.url}/api/checkout/session`)).status).to.equal(401);
  });

  it('is no way round with another module’s assertion', async () => {
    const headers = { 'x-kisum-assertion': await signer.sign({ aud: 'finance' }) };
    expect((await call(`${served.url}/api/checkout/session`, { headers })).status).to.equal(401);
  });
});
