import { expect } from 'chai';
import { defineModule } from '../../../modules/kit/define-module.ts';
import { parseManifest } from '../../../modules/manifest/read.ts';
import { DEMO_YAML, serve, type Served } from '../support/demo.ts';
import { assertionSigner, type Signer } from '../support/gateway-keys.ts';
import { call } from '../support/http.ts';

const YAML = DEMO_YAML.replace('  data:', '  services: [demo, demo.chat]\n  data:').replace(
  '  mustNot',
  `    - id: demo.chat.ask
      method: POST
      path: /api/demo/chat
      access: module
      service: demo.chat
      permission: demo.thing.view
      entity: demo.thing
    - { id: demo.chat.who, method: GET, path: /api/demo/who, access: authenticated, service: demo.chat }
  mustNot`,
);

describe('a second service of a module', () => {
  let signer: Signer;
  let served: Served;

  before(async () => {
    const handlers = {
      'chat.ask': { handle: () => ({ data: 'asked' }) },
      'chat.who': { handle: ({ userId }: { userId: string }) => ({ data: userId }) },
    };
    const manifest = parseManifest(YAML, 'demo.yaml');
    signer = await assertionSigner('demo');
    served = await serve(defineModule(manifest, { service: 'demo.chat', handlers }), {
      assertionKeys: signer.jwks,
    });
  });
  after(() => served.close());

  const send = async (method: string, path: string, claims: object) => {
    const assertion = await signer.sign({ permissions: ['demo.thing.view'], ...claims });
    return call(`${served.url}${path}`, { method, headers: { 'x-kisum-assertion': assertion } });
  };

  it('has its own routes and no other', async () => {
    expect((await send('POST', '/api/demo/chat', {})).status).to.equal(200);
    expect((await send('GET', '/api/demo/things', {})).status).to.equal(404);
  });

  it('takes an assertion that is meant for the module, on every kind of route', async () => {
    for (const [method, path] of [
      ['POST', '/api/demo/chat'],
      ['GET', '/api/demo/who'],
    ] as const) {
      expect((await send(method, path, { aud: 'demo' })).status).to.equal(200);
      expect((await send(method, path, { aud: 'demo.chat' })).status).to.equal(401);
    }
  });
});
