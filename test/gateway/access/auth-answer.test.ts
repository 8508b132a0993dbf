import { expect } from 'chai';
import { readAnswer } from '../../../gateway/access/auth/answer.ts';
import { COMPANY, USER } from '../../support/stage.ts';
import { answerOf } from '../../support/auth-answers.ts';

const question = { userId: USER.ana, companyId: COMPANY.acme, tokenVersion: 1 as number | undefined };
const reply = (body: unknown, headers: object = {}) => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: typeof body === 'object' ? JSON.stringify(body) : (body as string | undefined),
});
const read = (body: unknown, headers?: object) => readAnswer(reply(body, headers), question);
const good = () => answerOf(USER.ana, COMPANY.acme);

/** The answer with one field at a path replaced; `undefined` takes it away. */
function spoiled(path: string, value: unknown): object {
  const answer = structuredClone(good()) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce((it, name) => it[name] as Record<string, unknown>, answer);
  parent[last] = value;
  return answer;
}

describe('an answer of Auth', () => {
  it('becomes facts that Auth has judged, its role, its versions', () => {
    expect(read(good())).to.deep.equal({
      facts: {
        membership: { status: 'active' },
        subscriptions: [],
        addons: [],
        modules: ['finance'],
        permissions: ['finance.expense.view'],
        resolved: true,
      },
      role: { key: 'ADMIN', canManageUsers: true, canBuyAddons: false, canGrant: true },
      units: null,
      versions: { token: 1, access: 5, entitlement: 3 },
    });
  });

  it('may hold more than is read, no role, no units, or units in any order', () => {
    expect(read(spoiled('data.news', { any: ['thing'] })).role?.key).to.equal('ADMIN');
    expect(read(spoiled('data.tenantRole', null)).role).to.equal(null);
    expect(read(spoiled('data.scope', {})).units).to.equal(null);
    expect(read(spoiled('data.scope', { units: null })).units).to.equal(null);
    expect(read(spoiled('data.scope', { units: ['b', 'a'] })).units).to.deep.equal(['a', 'b']);
    expect(read(spoiled('data.scope', { units: [] })).units).to.deep.equal([]);
  });

  it('may name user and company in upper case', () => {
    const loud = structuredClone(good());
    Object.assign(loud.data, { userId: USER.ana.toUpperCase(), companyId: COMPANY.acme.toUpperCase() });
    expect(read(loud).facts.membership).to.deep.equal({ status: 'active' });
  });

  it('need not know the version of a token that claims none', () => {
    const answer = readAnswer(reply(spoiled('data.meta.tokenVersion', 9)), {
      ...question,
      tokenVersion: undefined,
    });
    expect(answer.versions.token).to.equal(9);
  });

  const WRONG: Record<string, unknown[]> = {
    success: [false, undefined, null, 'true', 1],
    data: [undefined, null, [], 'data'],
    'data.userId': [undefined, null, 1, '', USER.ben, [USER.ana]],
    'data.companyId': [undefined, null, 1, '', COMPANY.solo, [COMPANY.acme]],
    'data.tenantRole': [undefined, '', 7, ['ADMIN'], { key: 'ADMIN' }],
    'data.modules': [undefined, null, 'finance', { 0: 'finance' }, [1], [null], [['finance']], ['']],
    'data.permissions': [undefined, null, 'finance.expense.view', {}, [1], [null], [{}], ['']],
    'data.delegation': [undefined, null, [], 'all'],
    'data.delegation.canManageUsers': [undefined, null, 1, 'true'],
    'data.delegation.canBuyAddons': [undefined, null, 0, 'false'],
    'data.delegation.grantableModules': [undefined, null, 'finance', [1]],
    'data.delegation.grantablePermissions': [undefined, null, {}, [null]],
    'data.scope': [null, [], 'north'],
    'data.scope.units': ['north', {}, [1], [''], 0, false],
    'data.meta': [undefined, null, [], 1],
    'data.meta.tokenVersion': [undefined, null, '1', 1.5, -1, 2, Number.MAX_VALUE],
    'data.meta.accessVersion': [undefined, null, '5', 5.5, -1, Number.MAX_VALUE],
    'data.meta.entitlementVersion': [undefined, null, '3', 3.5, -1, [3]],
    'data.meta.generatedAt': [undefined, null, 0, '', 'soon'],
  };
  for (const [path, values] of Object.entries(WRONG)) {
    it(`is none with another ${path}: ${values.map((it) => JSON.stringify(it)).join(', ')}`, () => {
      for (const value of values) {
        const body =
          path === 'data.scope.units' ? spoiled('data.scope', { units: value }) : spoiled(path, value);
        expect(() => read(body), JSON.stringify(value)).to.throw(/cannot be used/);
      }
    });
  }

  const text = JSON.stringify(good());
  const BODIES: [what: string, body: string | undefined, headers?: object][] = [
    ['no JSON', text.slice(0, -1)],
    ['nothing', ''],
    ['a list', `[${text}]`],
    ['null', 'null'],
    ['"success" twice', text.replace('{', '{"success":false,')],
    ['"permissions" twice', text.replace('"permissions"', '"permissions":["a.b.view"],"permissions"')],
    ['HTML', text, { 'content-type': 'text/html' }],
    ['no type', text, { 'content-type': undefined }],
    ['a type that only begins so', text, { 'content-type': 'application/json5' }],
    ['packed', text, { 'content-encoding': 'gzip' }],
    ["a cache's", text, { age: '1' }],
    ['too large', undefined],
  ];
  for (const [what, body, headers] of BODIES) {
    it(`is none when it is ${what}`, () => {
      expect(() => read(body, headers)).to.throw();
    });
  }
});
