import { expect } from 'chai';
import { assertionSigner } from '../support/gateway-keys.ts';
import { demoModule, serve } from '../support/demo.ts';
import { call, json, stub, type Stub } from '../support/http.ts';

const VIEW = { permissions: ['demo.thing.view'] };

describe('the gateway’s keys by their address', () => {
  let gateway: Stub;
  afterEach(() => gateway.close());

  async function served() {
    return serve(demoModule().definition, { assertionKeys: `${gateway.url}/keys` });
  }
  async function statusOf(url: string, assertion: string): Promise<number> {
    return (await call(`${url}/api/demo/things`, { headers: { 'x-kisum-assertion': assertion } })).status;
  }

  it('are fetched once for all who ask', async () => {
    const signer = await assertionSigner('demo');
    gateway = await stub((_path, response) => json(response, 200, signer.jwks));
    const { url, close } = await served();
    const assertion = await signer.sign(VIEW);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(url, assertion)));
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
    expect(gateway.requests).to.have.length(1);
    await close();
  });

  it('make it 503 while there are none, whatever came instead', async () => {
    const signer = await assertionSigner('demo');
    for (const body of [{}, { keys: [] }, { keys: [null] }, 'keys']) {
      gateway = await stub((_path, response) => json(response, 200, body));
      const { url, close } = await served();
      expect(await statusOf(url, await signer.sign(VIEW))).to.equal(503);
      await close();
      await gateway.close();
    }
    gateway = await stub((_path, response) => json(response, 500, signer.jwks));
    const { url, close } = await served();
    expect(await statusOf(url, await signer.sign(VIEW))).to.equal(503);
    await close();
  });

  it('survive an empty document, and an unknown key is a 401', async () => {
    const signer = await assertionSigner('demo');
    const stranger = await assertionSigner('demo');
    gateway = await stub((_path, response) => json(response, 200, signer.jwks));
    const { url, close } = await served();
    expect(await statusOf(url, await signer.sign(VIEW))).to.equal(200);
    gateway.answer = (_path, response) => json(response, 200, { keys: [] });
    expect(await statusOf(url, await stranger.sign(VIEW))).to.equal(401);
    expect(await statusOf(url, await signer.sign(VIEW))).to.equal(200);
    await close();
  });
});
