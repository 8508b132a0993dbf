import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { generateKeyPair, exportJWK, type JWK } from 'jose';
import { pino } from 'pino';
import { KeyStore, type KeyStoreOptions } from '../../../gateway/tokens/key-store.ts';
import { serve, type TestServer } from '../../support/servers.ts';
import { testKey, type TestKey } from '../../support/token.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;

const says =
  (document: unknown, status = 200): RequestListener =>
  (_, res) =>
    res.writeHead(status).end(typeof document === 'string' ? document : JSON.stringify(document));
const publishes = (...keys: (TestKey | JWK)[]) =>
  says({ keys: keys.map((key) => ('publicJwk' in key ? key.publicJwk : key)) });

describe('the store of Auth keys', () => {
  let auth: TestServer;
  let answer: RequestListener;
  let fetches = 0;
  let changes = 0;
  let store: KeyStore;
  let known: TestKey;

  before(async () => {
    known = await testKey('known');
    auth = await serve((req, res) => {
      fetches += 1;
      return answer(req, res);
    });
  });
  after(() => auth.close());

  const open = (options: Partial<KeyStoreOptions> = {}) => {
    fetches = 0;
    changes = 0;
    store = new KeyStore({
      url: auth.url,
      algorithms: ['RS256'],
      cooldownMs: 1,
      maxAgeMs: HOUR_MS,
      log: pino({ level: 'silent' }),
      onChange: () => (changes += 1),
      ...options,
    });
    return store;
  };
  afterEach(() => store.stop());

  describe('once it knows a key, keeps it whatever Auth says', () => {
    let strangers: TestServer;
    let asked = 0;
    before(async () => {
      const own = await testKey('strange');
      strangers = await serve((req, res) => {
        asked += 1;
        publishes(own)(req, res);
      });
    });
    after(() => strangers.close());

    const BROKEN: Record<string, () => RequestListener> = {
      'an error': () => says('down', 500),
      'an error with good keys in it': () => (req, res) => {
        res.statusCode = 503;
        res.end(JSON.stringify({ keys: [known.publicJwk] }));
      },
      'an empty body': () => says(''),
      'no keys member': () => says({}),
      'no keys': () => says({ keys: [] }),
      'keys that are no list': () => says({ keys: { known: known.publicJwk } }),
      null: () => says('null'),
      'a list': () => says([known.publicJwk]),
      HTML: () => says('<!doctype html><title>Maintenance</title>'),
      'half a document': () => says(JSON.stringify({ keys: [known.publicJwk] }).slice(0, -3)),
      'only what is no key': () => says({ keys: [null, 1, 'x', [], {}] }),
      'a redirect elsewhere': () => (_, res) => res.writeHead(302, { location: strangers.url }).end(),
      'a huge document': () => says({ keys: [known.publicJwk], padding: 'x'.repeat(300_000) }),
      'a document without end': () => (_, res) => {
        const more = () => {
          while (!res.destroyed && res.write(' '.repeat(65_536)));
          res.once('drain', more);
        };
        more();
      },
      'a broken transfer': () => (_, res) => {
        res.writeHead(200, { 'content-length': '1000' });
        res.write('{"keys":[', () => res.destroy());
      },
      'a reset': () => (req) => req.socket.resetAndDestroy(),
    };
    for (const [what, make] of Object.entries(BROKEN)) {
      it(what, async () => {
        answer = publishes(known);
        await open().refresh();
        answer = make();
        const before = fetches;
        await until(async () => {
          expect(await store.find('another')).to.equal(undefined);
          return fetches > before;
        });
        expect(store.failure).to.be.instanceOf(Error);
        expect(await store.find('known')).to.have.property('type', 'public');
        expect({ size: store.size, changes, asked }).to.deep.equal({ size: 1, changes: 1, asked: 0 });
      });
    }

    it('an answer that never comes, and asks again by itself until it is well', async () => {
      answer = publishes(known);
      await open({ maxAgeMs: 1 }).refresh();
      answer = () => {};
      await until(() => store.failure !== undefined);
      expect(await store.find('known')).to.have.property('type', 'public');
      answer = publishes(known);
      await until(() => store.failure === undefined);
    });
  });

  describe('without any key', () => {
    it('answers 503, never "unknown key", and finds the keys by itself, without being asked', async () => {
      answer = says('down', 500);
      await open().refresh();
      const refusal = await store.find('known').catch((error: unknown) => error);
      expect(refusal).to.include({ status: 503 });
      answer = publishes(known);
      await until(() => store.size === 1);
      expect(store.failure).to.equal(undefined);
    });
  });

  describe('rotation', () => {
    it('fetches a new key once for all who ask', async () => {
      answer = publishes(known);
      await open({ cooldownMs: 0 }).refresh();
      const next = await testKey('next');
      answer = publishes(next, known);
      const found = await Promise.all(Array.from({ length: 50 }, () => store.find('next')));
      expect(found.every(Boolean)).to.equal(true);
      expect({ fetches, changes }).to.deep.equal({ fetches: 2, changes: 2 });
    });

    it('does not let a flood of unknown keys through to Auth', async () => {
      answer = publishes(known);
      await open({ cooldownMs: HOUR_MS }).refresh();
      for (let i = 0; i < 500; i += 1) expect(await store.find(`flood-${i}`)).to.equal(undefined);
      expect(fetches).to.equal(1);
      expect(await store.find('known')).to.have.property('type', 'public');
    });

    it('drops a removed key by the clock alone, although nobody asks', async () => {
      const old = await testKey('old');
      answer = publishes(known, old);
      await open({ maxAgeMs: 1 }).refresh();
      answer = publishes(known);
      await until(() => changes === 2);
      expect(store.size).to.equal(1);
      expect(await store.find('old')).to.equal(undefined);
    });

    it('an unchanged document is no change', async () => {
      answer = publishes(known);
      await open({ maxAgeMs: 1 }).refresh();
      await until(() => fetches > 3);
      expect(changes).to.equal(1);
    });
  });

  describe('which keys it takes', () => {
    const weak = async (bits: number, padding = ''): Promise<JWK> => {
      const { publicKey } = await crypto.subtle.generateKey(
        {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: bits,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        },
        true,
        ['sign', 'verify'],
      );
      const jwk = await crypto.subtle.exportKey('jwk', publicKey);
      return { kty: 'RSA', e: jwk.e!, n: padding + jwk.n!, kid: 'k', alg: 'RS256', use: 'sig' };
    };
    const of = async (alg: string, over: Partial<JWK> = {}): Promise<JWK> => {
      const { publicKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(publicKey)), kid: 'k', ...over };
    };
    const TAKEN: Record<string, [algorithms: string[], make: () => Promise<JWK>]> = {
      'RSA with everything': [['RS256'], () => of('RS256', { alg: 'RS256', use: 'sig' })],
      'RSA without alg and use': [['RS256'], () => of('RS256')],
      'RSA of 4096 bits': [['RS256'], () => weak(4096)],
      'EC without alg, where RS256 comes first': [['RS256', 'ES256'], () => of('ES256')],
      'Ed25519 where configured': [['EdDSA'], () => of('EdDSA', { alg: 'EdDSA' })],
      'with members nobody knows': [
        ['RS256'],
        () => of('RS256', { x5t: 'abc', 'x-extra': true } as Partial<JWK>),
      ],
    };
    for (const [what, [algorithms, make]] of Object.entries(TAKEN)) {
      it(`${what}: taken`, async () => {
        answer = publishes(await make());
        await open({ algorithms }).refresh();
        expect(await store.find('k')).to.have.property('type', 'public');
        expect(await store.find(undefined)).to.equal(await store.find('k'));
      });
    }

    const IGNORED: Record<string, () => Promise<JWK>> = {
      'RSA of 1024 bits': () => weak(1024),
      'RSA of 1024 bits, padded with zeros': () => weak(1024, 'AAAA'.repeat(50)),
      'a secret': () => Promise.resolve({ kty: 'oct', k: 'c2VjcmV0', kid: 'k' }),
      'a secret that claims RS256': () =>
        Promise.resolve({ kty: 'oct', k: 'c2VjcmV0', kid: 'k', alg: 'RS256' }),
      'for encryption': () => of('RS256', { use: 'enc' }),
      'of an algorithm not configured': () => of('RS512', { alg: 'RS512' }),
      'EC under the name of RS256': () => of('ES256', { alg: 'RS256' }),
      'without an id': () => of('RS256', { kid: undefined } as unknown as Partial<JWK>),
      'with a number as id': () => of('RS256', { kid: 1 } as unknown as Partial<JWK>),
      'with a broken modulus': () => of('RS256', { n: '!' }),
    };
    for (const [what, make] of Object.entries(IGNORED)) {
      it(`${what}: ignored, the good one beside it is not`, async () => {
        answer = publishes(await make(), known);
        await open().refresh();
        expect(await store.find('k')).to.equal(undefined);
        expect(await store.find('known')).to.have.property('type', 'public');
        expect(store.size).to.equal(1);
      });
    }

    it('a token without a key id is for the only key, or for none', async () => {
      answer = publishes(known, await testKey('other'));
      await open({ cooldownMs: HOUR_MS }).refresh();
      expect(await store.find(undefined)).to.equal(undefined);
    });
  });
});
