import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { expect } from 'chai';
import { refused } from '../support/refused.ts';
import { claimsOf, headerOf, part, seal } from '../support/seal.ts';
import { echo, serve, type Seen, type TestServer } from '../support/servers.ts';
import { openStage, USER, type Stage } from '../support/stage.ts';
import { signToken, testKey, type TestKey } from '../support/token.ts';

const now = () => Math.floor(Date.now() / 1000);

/** What a forger has: Auth's public key, an own key, an own server, and a good token of some other user's. */
interface Forger {
  /** Auth's key: signs what only a broken or tricked Auth would sign. */
  auth: TestKey;
  own: TestKey;
  ecdsa: TestKey;
  server: string;
}

type Forgery = (forger: Forger) => string | Promise<string>;

const ana = () => claimsOf(USER.ana);
const withHeader =
  (header: object, payload: object = {}): Forgery =>
  ({ auth }) =>
    seal(auth, part({ ...headerOf(auth), ...header }), part({ ...ana(), ...payload }));
/** Claims that speak of now are made when they are sent: the suite may have been running for a while. */
const withClaims =
  (claims: object | (() => object)): Forgery =>
  (forger) =>
    withHeader({}, typeof claims === 'function' ? (claims as () => object)() : claims)(forger);
const withText =
  (text: (good: string) => string): Forgery =>
  ({ auth }) =>
    seal(auth, part(headerOf(auth)), part(text(JSON.stringify(ana()))));
const unsigned =
  (alg: unknown, signature = ''): Forgery =>
  ({ auth }) =>
    `${part({ ...headerOf(auth), alg })}.${part(ana())}.${signature}`;
const byOwnKey =
  (header: (forger: Forger) => object): Forgery =>
  (forger) =>
    seal(forger.own, part({ ...headerOf(forger.auth), ...header(forger) }), part(ana()));
const hmac =
  (secret: (publicJwk: JsonWebKey) => string | Buffer): Forgery =>
  ({ auth }) => {
    const signed = `${part({ ...headerOf(auth), alg: 'HS256' })}.${part(ana())}`;
    const signature = createHmac('sha256', secret(auth.publicJwk)).update(signed).digest();
    return `${signed}.${part(signature)}`;
  };
const changed =
  (change: (header: string, payload: string, signature: string) => string): Forgery =>
  async ({ auth }) => {
    const [header = '', payload = '', signature = ''] = (await signToken(auth, USER.ana)).split('.');
    return change(header, payload, signature);
  };
const publicKey = (jwk: JsonWebKey) => createPublicKey({ key: jwk, format: 'jwk' });
/** The next letter of the alphabet: the same bytes where the last letter has unused bits. */
const nextLetter = (text: string) =>
  text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);

const FORGERIES: Record<string, Forgery> = {
  'alg none': unsigned('none'),
  'alg None': unsigned('None'),
  'alg nOnE with a signature': unsigned('nOnE', part('anything')),
  'alg empty': unsigned(''),
  'alg null': unsigned(null),
  'alg a list': unsigned(['RS256']),
  'no alg at all': unsigned(undefined),
  'alg rs256 in lower case': withHeader({ alg: 'rs256' }),
  'alg RS512 over an RS256 signature': withHeader({ alg: 'RS512' }),
  'alg PS256 over an RS256 signature': withHeader({ alg: 'PS256' }),
  'HS256 with the public key as PEM': hmac((jwk) => publicKey(jwk).export({ type: 'spki', format: 'pem' })),
  'HS256 with the public key as DER': hmac((jwk) => publicKey(jwk).export({ type: 'spki', format: 'der' })),
  'HS256 with the public key as JWK': hmac((jwk) => JSON.stringify(jwk)),
  'HS256 with the modulus': hmac((jwk) => Buffer.from(jwk.n!, 'base64url')),
  'HS256 with an empty secret': hmac(() => ''),
  'an own key under the known kid': byOwnKey(() => ({})),
  'an own key under an own kid': byOwnKey(({ own }) => ({ kid: own.kid })),
  'an own key in jwk': byOwnKey(({ own }) => ({ kid: own.kid, jwk: own.publicJwk })),
  'an own key in jwk under the known kid': byOwnKey(({ own }) => ({ jwk: own.publicJwk })),
  'an own key behind jku': byOwnKey(({ own, server }) => ({ kid: own.kid, jku: server })),
  'an own key behind x5u': byOwnKey(({ own, server }) => ({ kid: own.kid, x5u: server })),
  'an own key in x5c': byOwnKey(() => ({ x5c: [part('certificate')] })),
  'kid with a path': withHeader({ kid: '../../../../dev/null' }),
  'kid as a URL': withHeader({ kid: 'http://127.0.0.1/keys' }),
  'kid with SQL': withHeader({ kid: "x' union select 'key" }),
  'kid __proto__': withHeader({ kid: '__proto__' }),
  'kid constructor': withHeader({ kid: 'constructor' }),
  'kid empty': withHeader({ kid: '' }),
  'kid a number': withHeader({ kid: 1 }),
  'kid a list': withHeader({ kid: ['test-1'] }),
  'kid null': withHeader({ kid: null }),
  'crit with a name nobody knows': withHeader({ crit: ['x'], x: 1 }),
  'crit with exp': withHeader({ crit: ['exp'], exp: now() + 60 }),
  'crit empty': withHeader({ crit: [] }),
  'crit null': withHeader({ crit: null }),
  'crit b64, payload not encoded': async ({ auth }) => {
    const token = await signToken(auth, USER.ana);
    const [, payload, signature] = token.split('.');
    return `${part({ ...headerOf(auth), crit: ['b64'], b64: false })}.${payload}.${signature}`;
  },
  'b64 false, signed over the bare payload': async ({ auth }) => {
    const header = part({ ...headerOf(auth), b64: false });
    const signature = (await seal(auth, header, JSON.stringify(ana()))).split('.').at(-1)!;
    return `${header}.${part(ana())}.${signature}`;
  },
  'an empty signature': changed((header, payload) => `${header}.${payload}.`),
  'no third part': changed((header, payload) => `${header}.${payload}`),
  'a zero signature': changed((header, payload) => `${header}.${payload}.${part(Buffer.alloc(256))}`),
  'a short signature': changed(
    (header, payload, signature) => `${header}.${payload}.${signature.slice(0, 40)}`,
  ),
  'a zero ECDSA signature': ({ auth }) =>
    `${part({ ...headerOf(auth), alg: 'ES256' })}.${part(ana())}.${part(Buffer.alloc(64))}`,
  'an ECDSA signature under an RSA kid': ({ auth, ecdsa }) =>
    signToken(ecdsa, USER.ana, {}, { kid: auth.kid }),
  'an ECDSA key published, its algorithm not configured': ({ ecdsa }) => signToken(ecdsa, USER.ana),
  "another user's claims under a good signature": changed(
    (header, _, signature) => `${header}.${part(claimsOf(USER.ben))}.${signature}`,
  ),
  'two signatures': changed((header, payload, signature) => `${header}.${payload}.${signature}.${signature}`),
  'five parts': changed((header, payload, signature) => `${header}..${payload}.${signature}.${signature}`),
  'flattened JSON': changed((header, payload, signature) =>
    JSON.stringify({ protected: header, payload, signature }),
  ),
  'general JSON with two signatures': changed((header, payload, signature) =>
    JSON.stringify({
      payload,
      signatures: [
        { protected: part({ alg: 'none' }), signature: '' },
        { protected: header, signature },
      ],
    }),
  ),
  'a padded signature': changed((...parts) => `${parts.join('.')}==`),
  'a padded payload': ({ auth }) => seal(auth, part(headerOf(auth)), `${part('{} ')}=`),
  'the other base64 alphabet': ({ auth }) =>
    seal(
      auth,
      part(headerOf(auth)),
      Buffer.from(JSON.stringify({ ...ana(), name: '>>>???' })).toString('base64'),
    ),
  'unused bits in the signature': changed(
    (header, payload, signature) => `${header}.${payload}.${nextLetter(signature)}`,
  ),
  'unused bits in the payload': ({ auth }) => {
    const text = JSON.stringify(ana());
    const filled = text + ' '.repeat((4 - (text.length % 3)) % 3);
    return seal(auth, part(headerOf(auth)), nextLetter(part(filled)));
  },
  'a line break inside': changed((header, payload, signature) => `${header}.${payload}.%0a${signature}`),
  'a member named twice': withText((good) => good.replace('{', `{"sub":"${USER.ben}",`)),
  'a member named twice, once escaped': withText((good) => good.replace('{', `{"s\\u0075b":"${USER.ben}",`)),
  'a nested member named twice': withText((good) => good.replace('{', '{"act":{"a":1,"a":2},')),
  'a header member named twice': ({ auth }) =>
    seal(auth, part(JSON.stringify(headerOf(auth)).replace('{', '{"alg":"none",')), part(ana())),
  'a payload that is a list': withText(() => '[]'),
  'a payload that is null': withText(() => 'null'),
  'a payload that is a string': withText((good) => JSON.stringify(good)),
  'a payload that is not JSON': withText((good) => good.slice(1)),
  'a payload with a byte order mark': withText((good) => `\uFEFF${good}`),
  'two payloads': withText((good) => good + good),
  'a header that is a list': ({ auth }) => seal(auth, part([headerOf(auth)]), part(ana())),
  'sub a list': withClaims({ sub: [USER.ana] }),
  'sub a number': withClaims({ sub: 1 }),
  'sub an object': withClaims({ sub: { id: USER.ana } }),
  'sub null': withClaims({ sub: null }),
  'sub missing': withClaims({ sub: undefined }),
  'sub empty': withClaims({ sub: '' }),
  'sub with a space behind': withClaims({ sub: `${USER.ana} ` }),
  'sub with a line break behind': withClaims({ sub: `${USER.ana}\n` }),
  'sub an address': withClaims({ sub: 'ana@acme.example' }),
  'sub a user nobody knows': withClaims({ sub: 'aaaaaaaa-0000-4000-8000-000000000099' }),
  'sub user and company': withClaims({ sub: `${USER.ana} 11111111-1111-4111-8111-111111111111` }),
  'aud a number': withClaims({ aud: 1 }),
  'aud null': withClaims({ aud: null }),
  'aud an object': withClaims({ aud: { gateway: true } }),
  'aud missing': withClaims({ aud: undefined }),
  'aud another': withClaims({ aud: 'frontend' }),
  'aud an empty list': withClaims({ aud: [] }),
  'aud a list without us': withClaims({ aud: ['frontend', 'gateway2'] }),
  'aud a list with something else than text': withClaims({ aud: ['gateway', 1] }),
  'aud in other case': withClaims({ aud: 'Gateway' }),
  'aud with more behind': withClaims({ aud: 'gateway.evil' }),
  'iss another': withClaims({ iss: 'evil-auth' }),
  'iss missing': withClaims({ iss: undefined }),
  'iss a list': withClaims({ iss: ['test-auth'] }),
  'iss with a slash behind': withClaims({ iss: 'test-auth/' }),
  'exp missing': withClaims({ exp: undefined }),
  'exp as text': withClaims(() => ({ exp: String(now() + 600) })),
  'exp a fraction': withClaims(() => ({ exp: now() + 600.5 })),
  'exp null': withClaims({ exp: null }),
  'exp in milliseconds': withClaims(() => ({ exp: Date.now() + 600_000 })),
  'exp beyond every number': withText((good) => good.replace(/"exp":\d+/, '"exp":1e400')),
  'exp long ago': withClaims(() => ({ exp: now() - 3600 })),
  'exp beyond the skew': withClaims(() => ({ exp: now() - 32 })),
  'iat missing': withClaims({ iat: undefined }),
  'iat as text': withClaims(() => ({ iat: String(now()) })),
  'iat in the future': withClaims(() => ({ iat: now() + 120 })),
  'iat null': withClaims({ iat: null }),
  'nbf in the future': withClaims(() => ({ nbf: now() + 120 })),
  'nbf as text': withClaims(() => ({ nbf: String(now()) })),
  'nbf null': withClaims({ nbf: null }),
  'tokenVersion as text': withClaims({ tokenVersion: '0' }),
  'tokenVersion null': withClaims({ tokenVersion: null }),
  'tokenVersion a list': withClaims({ tokenVersion: [0] }),
  'tokenVersion not the present one': withClaims({ tokenVersion: 7 }),
  'tokenVersion below zero': withClaims({ tokenVersion: -1 }),
  'typ JWE': withHeader({ typ: 'JWE' }),
  'typ of an ID token': withHeader({ typ: 'id_token+jwt' }),
  'typ of a logout token': withHeader({ typ: 'logout+jwt' }),
  'typ of a DPoP proof': withHeader({ typ: 'dpop+jwt' }),
  'typ a number': withHeader({ typ: 1 }),
  'typ null': withHeader({ typ: null }),
  'an ID token: made for a client, with a nonce': withClaims({
    aud: 'web-client',
    azp: 'web-client',
    nonce: 'n',
  }),
  'a huge token': withClaims({ name: 'x'.repeat(12_000) }),
  'not a token': () => 'token',
  'only dots': () => '..',
  'a service token without an assertion': withClaims({ sub: 'module:finance' }),
};

/** What honest issuers and clients send. */
const HONEST: Record<string, Forgery> = {
  'a token as every other': withHeader({}),
  'expired within the skew': withClaims(() => ({ exp: now() - 5 })),
  'issued a moment ahead of our clock': withClaims(() => ({ iat: now() + 10 })),
  'nbf in the past': withClaims(() => ({ nbf: now() - 10 })),
  'nbf within the skew': withClaims(() => ({ nbf: now() + 10 })),
  'aud a list with us in it': withClaims({ aud: ['frontend', 'gateway'] }),
  'typ absent': withHeader({ typ: undefined }),
  'typ at+jwt': withHeader({ typ: 'at+jwt' }),
  'typ AT+JWT': withHeader({ typ: 'AT+JWT' }),
  'typ jwt in lower case': withHeader({ typ: 'jwt' }),
  'typ application/at+jwt': withHeader({ typ: 'application/at+jwt' }),
  'kid absent while Auth has one key': withHeader({ kid: undefined }),
  'header members that do not concern us': withHeader({ x5t: 'abc', cty: 'json' }),
  'more claims': withClaims({
    jti: 'j',
    scope: 'a b',
    act: { sub: 'x' },
    roles: ['a', { b: [1, null, true] }],
  }),
  'text with quotes, colons and backslashes': withClaims({ name: 'a":"b\\', title: '\\": {' }),
  'text beyond ASCII': withClaims({ name: 'Ána 🎷 "聴"' }),
  'the present tokenVersion': withClaims({ tokenVersion: 1 }),
  'sub in upper case': withClaims({ sub: USER.ana.toUpperCase() }),
  'a member named __proto__': withText((good) => good.replace('{', '{"__proto__":{"sub":"x"},')),
  'a deeply nested claim': withText((good) =>
    good.replace('{', `{"x":${'['.repeat(2000)}${']'.repeat(2000)},`),
  ),
  'spaces in the JSON': withText((good) => JSON.stringify(JSON.parse(good), null, 2)),
  'a rather large token': withClaims({ groups: 'g'.repeat(5000) }),
};

describe('token forgery', () => {
  let stage: Stage;
  let trap: TestServer;
  let forger: Forger;
  const fetched: Seen[] = [];

  before(async () => {
    stage = await openStage();
    trap = await serve(echo(fetched));
    const own = await testKey('own');
    const ecdsa = await testKey('ecdsa', 'ES256');
    forger = { auth: stage.key, own, ecdsa, server: trap.url };
  });
  after(async () => {
    trap.close();
    await stage.close();
  });

  const ask = (token: string, scheme = 'Bearer') =>
    stage.call('/api/promoter/events', { user: null, headers: { authorization: `${scheme} ${token}` } });

  describe('refused with 401, and the module never sees it', () => {
    for (const [what, forge] of Object.entries(FORGERIES)) {
      it(what, async () => {
        if (what.startsWith('an ECDSA key published')) stage.published.push(forger.ecdsa);
        const seen = stage.seen.length;
        const { status, code } = await refused(await ask(await forge(forger)));
        stage.published.length = 1;
        expect({ status, code }).to.deep.equal({ status: 401, code: 'unauthorized' });
        expect(stage.seen.length).to.equal(seen);
      });
    }

    it('fetches nothing that a token points to', () => {
      expect(fetched).to.deep.equal([]);
    });

    it('says nothing of the keys or the policy', async () => {
      const response = await ask(await FORGERIES['an own key under the known kid']!(forger));
      expect(response.headers.get('www-authenticate')).to.equal('Bearer');
      expect(await response.text()).to.not.match(/test-1|kid|jose|signature verification/);
    });
  });

  describe('the header it comes in', () => {
    const CREDENTIALS: Record<string, (token: string) => string> = {
      'another scheme': (token) => `Basic ${token}`,
      'no scheme': (token) => token,
      'an empty token': () => 'Bearer ',
      'two tokens': (token) => `Bearer ${token},${token}`,
      'two tokens with a space': (token) => `Bearer ${token} ${token}`,
      'a longer scheme': (token) => `Bearerx ${token}`,
      quotes: (token) => `Bearer "${token}"`,
    };
    for (const [what, write] of Object.entries(CREDENTIALS)) {
      it(`${what}: 401`, async () => {
        const headers = { authorization: write(await stage.token('ana')) };
        const response = await stage.call('/api/promoter/events', { user: null, headers });
        expect((await refused(response)).status).to.equal(401);
      });
    }

    it('a token in the query or the body is not read: 401', async () => {
      const token = await stage.token('ana');
      const response = await stage.call(`/api/promoter/events?access_token=${token}`, {
        user: null,
        method: 'POST',
        body: `access_token=${token}`,
      });
      expect((await refused(response)).status).to.equal(401);
    });
  });

  describe('taken, as the user it names', () => {
    for (const [what, make] of Object.entries(HONEST)) {
      it(what, async () => {
        const response = await ask(await make(forger));
        expect(response.status).to.equal(200);
        await response.body?.cancel();
        const [, payload = ''] = String(stage.seen.at(-1)!.headers['x-kisum-assertion']).split('.');
        const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
        expect(sub).to.equal(USER.ana);
      });
    }

    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      it(`the scheme written "${scheme}"`, async () => {
        expect((await ask(await stage.token('ana'), scheme)).status).to.equal(200);
      });
    }
  });
});
