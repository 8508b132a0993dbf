import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { JSONWebKeySet } from 'jose';
import { projectFile } from '../../policies/root.ts';
import { demoModule, serve, type Served } from '../modules/support/demo.ts';
import { call, json, stub, type Stub } from '../modules/support/http.ts';

interface Vector {
  name: string;
  assertion?: string;
  token?: string;
  xOrg?: string;
  expected: { status: number; code?: string; userId?: string; companyId?: string };
}

interface Vectors {
  now: string;
  issuer?: string;
  audience?: string;
  cases: Vector[];
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(projectFile('docs', 'vectors', name), 'utf8')) as T;
}

/** For who reads the clock without asking for another time, it stands still. */
function clockAt(text: string): { start: () => void; stop: () => void } {
  const Real = Date;
  const now = Real.parse(text);
  class Standing extends Real {
    constructor(...given: [] | [number | string]) {
      if (given.length === 0) super(now);
      else super(given[0]);
    }
    static override now(): number {
      return now;
    }
  }
  return {
    start: () => void (globalThis.Date = Standing as DateConstructor),
    stop: () => void (globalThis.Date = Real),
  };
}

describe('the test vectors of the module contract', () => {
  const assertions = read<Vectors>('assertions.json');
  const tokens = read<Vectors>('tokens.json');
  const clock = clockAt(assertions.now);
  let auth: Stub;
  let served: Served;

  before(async () => {
    auth = await stub((path, response) => {
      if (path === '/.well-known/jwks.json') return json(response, 200, read('auth-jwks.json'));
      const { headers } = auth.requests.at(-1)!;
      json(response, 200, {
        success: true,
        data: {
          userId: 'aaaaaaaa-0000-4000-8000-000000000002',
          companyId: headers['x-org'],
          tenantRole: 'MEMBER',
          modules: ['demo'],
          permissions: ['demo.thing.view'],
        },
      });
    });
    const { issuer = '', audience = '' } = tokens;
    served = await serve(demoModule().definition, {
      assertionKeys: read<JSONWebKeySet>('gateway-jwks.json'),
      auth: { url: auth.url, issuer, audience },
    });
    clock.start();
  });
  after(async () => {
    clock.stop();
    await served.close();
    await auth.close();
  });

  it('publish no private key', () => {
    const keys = ['gateway-jwks.json', 'auth-jwks.json'].flatMap((name) => read<JSONWebKeySet>(name).keys);
    expect(keys).to.have.length(2);
    for (const key of keys) expect(key).not.to.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi');
  });

  it('share one moment, and hold cases of every sort', () => {
    expect(tokens.now).to.equal(assertions.now);
    for (const { cases } of [assertions, tokens]) {
      const statuses = new Set(cases.map(({ expected }) => expected.status));
      expect(statuses).to.include(200).and.include(400).and.include(401);
    }
  });

  for (const vector of [...assertions.cases, ...tokens.cases]) {
    const { name, assertion, token, xOrg, expected } = vector;
    it(`${assertion === undefined ? 'token' : 'assertion'}: ${name} → ${expected.status}`, async () => {
      const { status, body } = await call(`${served.url}/api/demo/things`, {
        headers: {
          ...(assertion !== undefined && { 'x-kisum-assertion': assertion }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(xOrg !== undefined && { 'x-org': xOrg }),
        },
      });
      expect(status).to.equal(expected.status);
      if (status === 200)
        expect(body.data).to.deep.equal({ user: expected.userId, company: expected.companyId });
      else expect(body.error.code).to.equal(expected.code);
    });
  }
});
