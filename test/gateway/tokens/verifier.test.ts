import { expect } from 'chai';
import { pino } from 'pino';
import { KeyStore } from '../../../gateway/tokens/key-store.ts';
import { TokenVerifier } from '../../../gateway/tokens/verifier.ts';
import { serve, type TestServer } from '../../support/servers.ts';
import { AUDIENCE, ISSUER, signToken, testKey, type TestKey } from '../../support/token.ts';
import { until } from '../../support/until.ts';

const ANA = 'aaaaaaaa-0000-4000-8000-000000000001';
const now = () => Math.floor(Date.now() / 1000);

describe('the verifier of tokens, with several algorithms', () => {
  let auth: TestServer;
  let rsa: TestKey;
  let ecdsa: TestKey;
  let keys: KeyStore;
  let verifier: TokenVerifier;

  before(async () => {
    [rsa, ecdsa] = await Promise.all([testKey('rsa'), testKey('ecdsa', 'ES256')]);
    auth = await serve((_, res) => res.end(JSON.stringify({ keys: [rsa.publicJwk, ecdsa.publicJwk] })));
  });
  after(() => auth.close());
  beforeEach(() => {
    const algorithms = ['RS256', 'PS256', 'ES256'];
    const log = pino({ level: 'silent' });
    const onChange = () => verifier.forget();
    keys = new KeyStore({ url: auth.url, algorithms, cooldownMs: 1000, maxAgeMs: 3_600_000, log, onChange });
    verifier = new TokenVerifier({ keys, issuer: ISSUER, audience: AUDIENCE, algorithms });
  });
  afterEach(() => keys.stop());

  const outcome = async (token: string | Promise<string>) => {
    try {
      return (await verifier.verify(await token)).kind;
    } catch (error) {
      return (error as { status?: number }).status;
    }
  };

  it('takes each key with its own algorithm', async () => {
    expect(await outcome(signToken(rsa, ANA))).to.equal('user');
    expect(await outcome(signToken(ecdsa, ANA))).to.equal('user');
  });

  it('takes no key with the algorithm of another', async () => {
    const es = await signToken(ecdsa, ANA, {}, { kid: 'rsa' });
    const rs = await signToken(rsa, ANA, {}, { kid: 'ecdsa' });
    const [header, payload] = es.split('.');
    const zero = Buffer.alloc(64).toString('base64url');
    for (const token of [es, rs, `${header}.${payload}.${zero}`]) expect(await outcome(token)).to.equal(401);
    const [own, body] = (await signToken(ecdsa, ANA)).split('.');
    expect(await outcome(`${own}.${body}.${zero}`)).to.equal(401);
    const pss = Buffer.from(JSON.stringify({ alg: 'PS256', kid: 'rsa' })).toString('base64url');
    const [, claims, signature] = (await signToken(rsa, ANA)).split('.');
    expect(await outcome(`${pss}.${claims}.${signature}`)).to.equal(401);
  });

  it('answers at once for a token it verified, until the keys change', async () => {
    await keys.refresh();
    const token = await signToken(rsa, ANA);
    await verifier.verify(token);
    expect(verifier.verify(token)).to.not.be.instanceOf(Promise);
    verifier.forget();
    expect(verifier.verify(token)).to.be.instanceOf(Promise);
  });

  it('does not remember what it verified with keys that changed meanwhile', async () => {
    await keys.refresh();
    const token = await signToken(rsa, ANA);
    const verifying = verifier.verify(token);
    verifier.forget();
    await verifying;
    expect(verifier.verify(token)).to.be.instanceOf(Promise);
  });

  it('a remembered token ends with its time', async () => {
    const token = await signToken(rsa, ANA, { exp: now() - 28 });
    expect(await outcome(token)).to.equal('user');
    await until(async () => (await outcome(token)) === 401);
  });

  it('never answers for another token, however alike they are', async () => {
    const token = await signToken(rsa, ANA);
    await verifier.verify(token);
    for (const other of [`${token}A`, token.slice(0, -1), ` ${token}`, token.toLowerCase()]) {
      expect(await outcome(other)).to.equal(401);
    }
  });

  it('a service token is a module, not a user', async () => {
    expect(await verifier.verify(await signToken(rsa, 'module:venue_marketplace'))).to.deep.equal({
      kind: 'module',
      key: 'venue_marketplace',
    });
  });
});
