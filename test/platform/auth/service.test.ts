import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createLocalJWKSet, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import {
  changeMembership,
  grantModule,
  grantPermission,
  revokeTokens,
  type Member,
} from '../../../platform/auth/memberships.ts';
import { openAuthKeys, rotateAuthKeys, type AuthKeys } from '../../../platform/auth/keys.ts';
import { moduleSecret } from '../../../platform/auth/module-secret.ts';
import {
  createAuthService,
  listenAuthService,
  type RunningAuthService,
} from '../../../platform/auth/service/service.ts';
import type { AuthServiceOptions } from '../../../platform/auth/service/options.ts';
import { issueToken } from '../../../platform/auth/tokens.ts';
import { readCatalog } from '../../../platform/core/catalog.ts';
import { addAddon, subscribe } from '../../../platform/core/subscriptions.ts';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { createEngine } from '../../../policies/engine/engine.ts';
import { embeddedDatabase, type TestDatabase } from '../../support/databases.ts';
import { ACTOR, newMember, newUser, period, seedCatalog } from '../fixtures.ts';

const PARTIES = { issuer: 'https://auth.test', audience: 'kisum' };
const INTERNAL = 'internal-key-of-the-tests';

interface Answer {
  status: number;
  body: {
    success: boolean;
    data: Record<string, unknown>;
    error: { code: string; message: string; requestId: string };
  };
}

describe('the local Auth service', () => {
  let test: TestDatabase;
  let folder: string;
  let keys: AuthKeys;
  let service: RunningAuthService;
  let options: AuthServiceOptions;
  let member: Member;

  const keyFile = (): string => join(folder, 'auth-keys.json');
  const token = (userId: string, tokenVersion = 1, more: Partial<typeof PARTIES & { ttl: number }> = {}) =>
    issueToken(keys, { ...PARTIES, ttl: 60, ...more, user: { id: userId, tokenVersion } });

  /** Headers as a flat list, so that one can be sent twice. */
  async function ask(path: string, headers: string[] = [], body?: string): Promise<Answer> {
    const method = body === undefined ? 'GET' : 'POST';
    const all = ['host', 'auth.test', ...headers];
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${service.url}${path}`, { method, headers: all })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const chunks = (await response.toArray()) as Buffer[];
    return {
      status: response.statusCode!,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Answer['body'],
    };
  }
  const access = (bearer: string, company: string, more: string[] = []): Promise<Answer> =>
    ask('/auth/me/access', ['authorization', `Bearer ${bearer}`, 'x-org', company, ...more]);
  const refused = ({ status, body }: Answer): string => {
    expect(body.success).to.equal(false);
    expect(body.error.message).to.be.a('string');
    expect(body.error.requestId).to.be.a('string');
    return `${status} ${body.error.code}`;
  };

  before(async () => {
    test = await embeddedDatabase();
    folder = await mkdtemp(join(tmpdir(), 'kisum-auth-'));
    keys = await openAuthKeys(keyFile());
    await seedCatalog(test.db);
    const engine = await createEngine(await loadBundle(), (await readCatalog(test.db)).data);
    options = { ...PARTIES, db: test.db, keys, internalApiKey: INTERNAL, engine: () => engine };
    service = await listenAuthService(createAuthService(options), { host: '127.0.0.1', port: 0 });
    member = await newMember(test.db, 'ADMIN');
    await subscribe(test.db, member.companyId, 'basic_promoter', period(1, null), ACTOR);
    await addAddon(test.db, member.companyId, 'ai', period(1, null), ACTOR);
    for (const key of ['ai', 'finance', 'venue']) await grantModule(test.db, member, key, ACTOR);
    for (const key of ['ai.prediction.view', 'finance.expense.view'])
      await grantPermission(test.db, member, key, ACTOR);
  });
  after(async () => {
    await service.close();
    await test.drop();
    await rm(folder, { recursive: true });
  });

  it('answers what a member may do: bought and granted', async () => {
    const { status, body } = await access(await token(member.userId), member.companyId.toUpperCase());
    expect(status).to.equal(200);
    const { meta, delegation, ...data } = body.data as Record<string, Record<string, unknown>>;
    expect(data).to.deep.equal({
      ...member,
      tenantRole: 'ADMIN',
      modules: ['ai'],
      permissions: ['ai.prediction.view'],
      scope: { units: null },
    });
    expect(delegation).to.include({ canManageUsers: true, canBuyAddons: true });
    expect(delegation!['grantableModules']).to.be.an('array');
    expect(meta).to.include({ tokenVersion: 1, accessVersion: 6, entitlementVersion: 2 });
    expect(new Date(meta!['generatedAt'] as string).getTime()).to.be.closeTo(Date.now(), 60_000);
  });

  it('401 for every token that is not good, before it looks at x-org', async () => {
    const { kid, key } = await keys.signing();
    const claims = { iss: PARTIES.issuer, aud: PARTIES.audience, sub: member.userId };
    const sign = (more: object, header: object = {}) =>
      new SignJWT({ ...claims, ...more })
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT', ...header })
        .sign(key);
    const now = Math.floor(Date.now() / 1000);
    const bad = [
      await token(member.userId, 0, { ttl: -60 }),
      await token(member.userId, 0, { issuer: 'https://other.test' }),
      await token(member.userId, 0, { audience: 'other' }),
      await token(member.userId, 7),
      await token(randomUUID()),
      await sign({ iat: now }),
      await sign({ iat: now + 600, exp: now + 900 }),
      await sign({ iat: now, exp: now + 60, sub: 'ana' }),
      await sign({ iat: now, exp: now + 60, tokenVersion: '0' }),
      await sign({ iat: now, exp: now + 60 }, { typ: 'other' }),
      `${(await token(member.userId)).slice(0, -8)}AAAAAAAA`,
      'a.b.c',
    ];
    for (const one of bad) expect(refused(await access(one, 'no uuid'))).to.equal('401 unauthorized');
    expect((await access(await sign({ iat: now, exp: now + 60 }), member.companyId)).status).to.equal(200);
  });

  it('401 without a token or with two, 400 without a company or with two', async () => {
    const good = ['authorization', `Bearer ${await token(member.userId)}`];
    const org = ['x-org', member.companyId];
    expect(refused(await ask('/auth/me/access', org))).to.equal('401 unauthorized');
    expect(refused(await ask('/auth/me/access', [...good, ...good, ...org]))).to.equal('401 unauthorized');
    expect(refused(await ask('/auth/me/access', good))).to.equal('400 validation_error');
    expect(refused(await ask('/auth/me/access', [...good, ...org, ...org]))).to.equal('400 validation_error');
    expect(refused(await ask('/auth/me/access', [...good, 'x-org', 'acme']))).to.equal(
      '400 validation_error',
    );
  });

  it('403 alike for a company of others, for none, and for a membership that is not active', async () => {
    const other = await newMember(test.db);
    const guest = await newMember(test.db);
    await changeMembership(test.db, guest, { status: 'invited' }, ACTOR);
    const messages = new Set<string>();
    for (const [who, company] of [
      [member.userId, other.companyId],
      [member.userId, randomUUID()],
      [guest.userId, guest.companyId],
    ] as const) {
      const answer = await access(await token(who), company);
      expect(refused(answer)).to.equal('403 forbidden');
      messages.add(answer.body.error.message);
    }
    expect(messages).to.have.property('size', 1);
  });

  it('401 once the tokens of a user are revoked', async () => {
    const userId = await newUser(test.db);
    const old = await token(userId);
    expect((await access(old, member.companyId)).status).to.equal(403);
    await revokeTokens(test.db, userId, ACTOR);
    expect(refused(await access(old, member.companyId))).to.equal('401 unauthorized');
    expect((await access(await token(userId, 2), member.companyId)).status).to.equal(403);
  });

  it('503 when the policy or the database cannot answer', async () => {
    const bearer = await token(member.userId);
    const working = { ...options };
    options.engine = () => {
      throw new Error('no policy');
    };
    expect(refused(await access(bearer, member.companyId))).to.equal('503 service_unavailable');
    Object.assign(options, working);
    const gone = await embeddedDatabase();
    await gone.drop();
    options.db = gone.db;
    expect(refused(await access(bearer, member.companyId))).to.equal('503 service_unavailable');
    Object.assign(options, working);
    expect((await access(bearer, member.companyId)).status).to.equal(200);
  });

  it('404 for anything else, also in other case', async () => {
    for (const path of ['/', '/auth/me/access/', '/AUTH/me/access', '/internal/keys']) {
      expect(refused(await ask(path))).to.equal('404 not_found');
    }
  });

  it("takes a backend's key when it is right, and refuses a wrong one", async () => {
    const bearer = await token(member.userId);
    const sent = (key: string) => access(bearer, member.companyId, ['x-internal-api-key', key]);
    for (const key of [INTERNAL, moduleSecret(INTERNAL, 'ai')])
      expect((await sent(key)).status).to.equal(200);
    for (const key of ['', 'x', moduleSecret(INTERNAL, 'nobody')]) {
      expect(refused(await sent(key))).to.equal('401 unauthorized');
    }
  });

  it('gives a module its own token for its own secret', async () => {
    const demand = (module: unknown, secret: string) =>
      ask('/auth/service-token', ['x-internal-api-key', secret], JSON.stringify({ module }));
    const { status, body } = await demand('ai', moduleSecret(INTERNAL, 'ai'));
    expect([status, body.data['expiresIn']]).to.deep.equal([200, 300]);
    const { payload } = await jwtVerify(
      body.data['token'] as string,
      createLocalJWKSet(await keys.jwks()),
      PARTIES,
    );
    expect(payload.sub).to.equal('module:ai');
    expect(payload.exp! - payload.iat!).to.equal(300);
    // It speaks for a module, never for a user.
    expect(refused(await access(body.data['token'] as string, member.companyId))).to.equal(
      '401 unauthorized',
    );
    for (const [module, secret] of [
      ['finance', moduleSecret(INTERNAL, 'ai')],
      ['ai', INTERNAL],
      ['nobody', moduleSecret(INTERNAL, 'nobody')],
    ] as const) {
      expect(refused(await demand(module, secret))).to.equal('401 unauthorized');
    }
    expect(refused(await demand(7, 'x'))).to.equal('400 validation_error');
    expect(refused(await ask('/auth/service-token', [], 'no json'))).to.equal('400 validation_error');
    expect(refused(await ask('/auth/service-token', [], ' '.repeat(5000)))).to.equal('400 validation_error');
  });

  it('sees a rotation at once: the old key verifies until it is dropped', async () => {
    const published = async () => (await ask('/.well-known/jwks.json')).body as unknown as JSONWebKeySet;
    const before = await published();
    const old = await token(member.userId);
    const kid = await rotateAuthKeys(keyFile());
    const rotated = await published();
    expect(rotated.keys.map((key) => key.kid)).to.deep.equal([kid, before.keys[0]!.kid]);
    for (const key of rotated.keys) expect(key).to.have.all.keys('kty', 'kid', 'alg', 'use', 'n', 'e');
    expect((await access(old, member.companyId)).status).to.equal(200);
    await rotateAuthKeys(keyFile(), { dropOld: true });
    expect((await published()).keys).to.have.length(1);
    expect(refused(await access(old, member.companyId))).to.equal('401 unauthorized');
    expect((await access(await token(member.userId), member.companyId)).status).to.equal(200);
  });

  it('does not start in production', () => {
    process.env['NODE_ENV'] = 'production';
    try {
      expect(() => createAuthService(options)).to.throw(/does not run in production/);
    } finally {
      delete process.env['NODE_ENV'];
    }
  });
});
