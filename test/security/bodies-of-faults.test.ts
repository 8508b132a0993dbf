import { expect } from 'chai';
import chat from '../../modules/addons/ai/chat/index.ts';
import promoter from '../../modules/base/promoter/index.ts';
import type { ModuleDefinition } from '../../modules/kit/define-module.ts';
import { serve } from '../modules/support/demo.ts';
import { ACME, assertionSigner } from '../modules/support/gateway-keys.ts';
import { call, type Reply } from '../modules/support/http.ts';

const MOST_BYTES = 2000;
const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));

/** Refused before anything is asked of a database, so there is none. */
async function post(definition: ModuleDefinition, path: string, raw: string): Promise<Reply> {
  const { key } = definition.manifest;
  const signer = await assertionSigner(key);
  const served = await serve(definition, { assertionKeys: signer.jwks });
  try {
    const permissions = ['ai.analytic.view', 'promoter.event.create'];
    return await call(`${served.url}/api/${key}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-kisum-assertion': await signer.sign({ company: ACME, permissions }),
      },
      raw,
    });
  } finally {
    await served.close();
  }
}

describe('a body of nothing but faults', () => {
  const BODIES: [what: string, module: ModuleDefinition, path: string, raw: string][] = [
    ['a hundred thousand unknown fields', promoter, '/events', JSON.stringify(unknown(90_000))],
    ['half a million wrong items', chat, '/chat', JSON.stringify({ messages: Array(500_000).fill(1) })],
    ['lists within lists', promoter, '/events', `{"name":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
  ];
  for (const [what, module, path, raw] of BODIES) {
    it(`${what}: refused in a few words`, async () => {
      const { status, body } = await post(module, path, raw);
      expect(status).to.equal(400);
      expect(JSON.stringify(body)).to.have.length.below(MOST_BYTES);
    });
  }

  it('as many as somebody could mend are all told at once', async () => {
    const { body } = await post(promoter, '/events', JSON.stringify({ ...unknown(20), name: 5 }));
    expect(Object.keys(body.error.fields)).to.have.length(22);
  });
});
