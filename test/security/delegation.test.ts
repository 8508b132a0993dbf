import { expect } from 'chai';
import fc from 'fast-check';
import { actor } from '../../cli/actor.ts';
import { changeOf } from '../../cli/operations/delegation/change.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { readHistory } from '../../platform/history.ts';
import type { ChangeReason } from '../../policies/contract.ts';
import { judgeChange } from '../../platform/auth/delegation.ts';
import { revoke } from '../../platform/auth/memberships.ts';
import { readRefusals } from '../../platform/auth/refusals.ts';
import { failing, operating, type Operating } from '../support/operating.ts';
import { serverDatabase } from '../support/databases.ts';
import { COMPANY, USER } from '../support/stage.ts';
import { until } from '../support/until.ts';

/** Drew leads a team at Acme: may manage users and grant, not buy; has finance, and of it only to see expenses. */
const LEAD = { key: 'LEAD', can_manage_users: true, can_buy_addons: false, can_grant: true };

type Ask = Operating['ask'];

describe('nobody hands on more than they have', function () {
  this.timeout(60_000);
  let platform: Platform;
  let ask: Ask;
  let drop: () => Promise<void>;

  const grant = (as: string, user: string, keys: string[], company = 'acme') =>
    ask('grant', { user, company, keys, all: false, actor: as });
  const add = (as: string, user: string, role: string | null, status: 'active' | 'suspended' | null = null) =>
    ask('add-member', { user, company: 'acme', role, status, actor: as });
  const entitle = (as: string, item: string, company = 'acme') =>
    ask('entitle', { company, item, until: null, trial: false, actor: as });

  before(async () => {
    ({ platform, ask, drop } = await operating());
    await platform.db('auth.tenant_roles').insert(LEAD);
    await add('max', 'drew', 'LEAD');
    await grant('max', 'drew', ['finance', 'finance.expense.view']);
    for (const unit of ['berlin', 'paris']) await ask('add-unit', { company: 'acme', unit, actor: 'max' });
  });
  after(() => drop());

  const written = async () => {
    const history = await readHistory(platform.db, { limit: 1_000_000 });
    const [versions] = await platform.db('core.version_changes').count();
    return { history: history.length, versions: versions!['count'] };
  };

  /** Refused for these reasons, kept as refused, and nothing else of it stays. */
  async function refuses(work: () => Promise<unknown>, reasons: ChangeReason[]): Promise<void> {
    const before = await written();
    const { exitCode, reasons: told, message } = await failing(work());
    expect(told, message).to.deep.equal(reasons);
    expect(exitCode).to.equal(6);
    expect(await written()).to.deep.equal(before);
    const [kept] = await readRefusals(platform.db, { limit: 1 });
    expect(kept!.reasons).to.deep.equal(reasons);
  }

  const escalations: [what: string, attempt: () => Promise<unknown>, reasons: ChangeReason[]][] = [
    [
      'a member grants themselves a module',
      () => grant('ben', 'ben', ['promoter']),
      ['may_not_manage_users', 'module_not_grantable'],
    ],
    [
      'a lead grants themselves a module',
      () => grant('drew', 'drew', ['promoter']),
      ['module_not_grantable'],
    ],
    [
      'a lead grants themselves a permission of a module they have',
      () => grant('drew', 'drew', ['finance.expense.create']),
      ['permission_not_grantable'],
    ],
    ['a lead grants another what they lack', () => grant('drew', 'ben', ['ai']), ['module_not_grantable']],
    [
      'a lead grants a module whole, having a part of it',
      () => grant('drew', 'ben', ['finance.*']),
      ['permission_not_grantable'],
    ],
    [
      'an admin grants what was granted to them and not bought',
      () => grant('ana', 'ben', ['venue']),
      ['module_not_grantable'],
    ],
    ['a lead makes a member an admin', () => add('drew', 'ben', 'ADMIN'), ['role_not_grantable']],
    ['a lead makes themselves an owner', () => add('drew', 'drew', 'OWNER'), ['role_not_grantable']],
    ['a lead brings in an admin', () => add('drew', 'sol', 'ADMIN'), ['role_not_grantable']],
    ['a lead suspends an admin', () => add('drew', 'ana', null, 'suspended'), ['target_above']],
    ['a lead demotes an admin', () => add('drew', 'ana', 'MEMBER'), ['target_above']],
    [
      'a lead takes a grant from an admin',
      () => ask('revoke', { user: 'ana', company: 'acme', keys: ['finance'], all: false, actor: 'drew' }),
      ['target_above'],
    ],
    [
      'a lead removes an admin',
      () => ask('remove-member', { user: 'ana', company: 'acme', actor: 'drew' }),
      ['target_above'],
    ],
    [
      'a member removes another',
      () => ask('remove-member', { user: 'cleo', company: 'acme', actor: 'ben' }),
      ['may_not_manage_users'],
    ],
    ['a lead buys', () => entitle('drew', 'venue_marketplace'), ['may_not_buy']],
    [
      'a lead cancels',
      () => ask('unentitle', { company: 'acme', item: 'finance', actor: 'drew' }),
      ['may_not_buy'],
    ],
    [
      'a lead unlocks a business unit for somebody above',
      () => ask('limit-member', { user: 'ana', company: 'acme', units: ['paris'], actor: 'drew' }),
      ['target_above'],
    ],
    [
      'an admin of another company, a member here',
      () => grant('cleo', 'ben', ['promoter']),
      ['may_not_manage_users', 'module_not_grantable'],
    ],
    ['an admin of another company, nobody here', () => grant('sol', 'ben', ['finance']), ['no_membership']],
    ['a stranger buys', () => entitle('sol', 'venue_marketplace'), ['no_membership']],
    [
      'an admin of a lapsed company hands on what has lapsed',
      () => grant('lee', 'lee', ['finance'], 'lapsed'),
      ['module_not_grantable'],
    ],
    ['an admin grants to a stranger', () => grant('ana', 'sol', ['finance']), ['target_not_a_member']],
  ];
  for (const [what, attempt, reasons] of escalations)
    it(`${what}: ${reasons.join(', ')}`, () => refuses(attempt, reasons));

  it('and what they have they hand on', async () => {
    expect((await grant('drew', 'cleo', ['finance', 'finance.expense.view'])).changed.modules).to.deep.equal([
      'finance',
    ]);
    await add('drew', 'lee', 'MEMBER');
    expect((await entitle('ana', 'venue_marketplace')).changed).to.equal(true);
    const [newest] = await readHistory(platform.db, { limit: 1 });
    expect(newest).to.include({ actor: `user:${USER.ana}`, actorName: 'Ana' });
  });

  it('not once they are suspended, and again once they are not', async () => {
    await add('max', 'drew', null, 'suspended');
    await refuses(() => grant('drew', 'ben', ['finance']), ['membership_inactive']);
    await refuses(() => add('drew', 'drew', null, 'active'), ['membership_inactive']);
    await add('max', 'drew', null, 'active');
    await grant('drew', 'ben', ['finance']);
  });

  it('nor what they had until its end', async () => {
    const over = { ends_at: new Date(Date.now() - 1000) };
    const granted = platform.db('auth.module_grants').where({ user_id: USER.drew, module_key: 'finance' });
    await granted.clone().update(over);
    await refuses(() => grant('drew', 'ben', ['finance']), ['module_not_grantable']);
    await granted.clone().update({ ends_at: null });
  });

  it('nor business units beyond their own', async () => {
    const limit = (as: string, user: string, units: string[] | null) =>
      ask('limit-member', { user, company: 'acme', units, actor: as });
    await limit('max', 'drew', ['berlin']);
    await refuses(() => limit('drew', 'drew', null), ['units_not_grantable']);
    await refuses(() => limit('drew', 'ben', ['berlin', 'paris']), ['units_not_grantable']);
    await refuses(() => add('drew', 'sol', 'MEMBER'), ['units_not_grantable']);
    expect((await limit('drew', 'ben', ['berlin'])).changed).to.equal(true);
    await limit('max', 'drew', null);
  });

  describe('whoever is named', () => {
    for (const name of ['Ben ', ' BEN', 'Ben@Acme.Example', USER.ben.toUpperCase(), `user:${USER.ben}`])
      it(`as "${name}" is Ben`, () => refuses(() => entitle(name, 'touring'), ['may_not_buy']));

    const unclear: [string, RegExp][] = [
      ['Вen', /looks like Ben/],
      ['B\u0435n', /looks like Ben/],
      ['B\u200ben', /looks like Ben/],
      ['Bén', /looks like Ben/],
      ['Ｂｅｎ', /looks like Ben/],
      ['ben@acme.exampl', /there is no such user/],
      ['aaaaaaaa-0000-4000-8000-000000000099', /there is no such user/],
      ['user:ben2', /there is no such user/],
      ['User:', /there is no such user/],
      [' ', /names nobody/],
    ];
    for (const [name, why] of unclear)
      it(`as ${JSON.stringify(name)} is nobody, and no operator: exit 2`, async () => {
        const before = await written();
        const { exitCode, message } = await failing(entitle(name, 'touring'));
        expect(exitCode).to.equal(2);
        expect(message).to.match(why);
        expect(await written()).to.deep.equal(before);
      });

    it('with any case, blanks and invisible letters never becomes an operator', async () => {
      const mark = fc.constantFrom('', ' ', '\t', '\u00a0', '\u200b', '\u2060', '\ufeff', '\u0301');
      const letters = (name: string) =>
        fc
          .tuple(
            ...[...name].map((letter) => fc.constantFrom(letter, letter.toUpperCase())),
            mark,
            fc.nat(name.length),
          )
          .map((parts) => {
            const [at, sign] = [parts.pop() as number, parts.pop() as string];
            const all = parts.join('');
            return all.slice(0, at) + sign + all.slice(at);
          });
      const names = fc.constantFrom('ben', 'ben@acme.example', 'user:ben').chain(letters);
      await fc.assert(
        fc.asyncProperty(names, async (name) => {
          expect((await failing(entitle(name, 'touring'))).exitCode).to.be.oneOf([2, 6]);
        }),
        { numRuns: 40 },
      );
    });

    it('in KISUM_ACTOR is judged as well', async () => {
      process.env['KISUM_ACTOR'] = 'ben';
      try {
        await refuses(() => entitle(actor({}), 'touring'), ['may_not_buy']);
      } finally {
        delete process.env['KISUM_ACTOR'];
      }
    });

    it('of several of a name: which one, exit 2', async () => {
      for (const email of ['ben@one.example', 'ben@two.example'])
        await ask('create-user', { name: 'Benno', email, id: null, actor: 'max' });
      const { exitCode, message } = await failing(entitle('benno', 'touring'));
      expect(exitCode).to.equal(2);
      expect(message).to.include('ben@one.example, ben@two.example');
    });
  });

  it('a policy that cannot be had refuses nothing and allows nothing: exit 4', async () => {
    process.env['POLICY_BUNDLE'] = '/nowhere/bundle.tar.gz';
    const before = await written();
    try {
      expect((await failing(entitle('ana', 'touring'))).exitCode).to.equal(4);
    } finally {
      delete process.env['POLICY_BUNDLE'];
    }
    expect(await written()).to.deep.equal(before);
  });

  const operatorsOnly: [what: string, attempt: () => Promise<unknown>][] = [
    ['companies', () => ask('create-company', { name: 'Zed', id: null, actor: 'ana' })],
    ['users', () => ask('create-user', { name: 'Zed', email: 'zed@zed.example', id: null, actor: 'ana' })],
    ['tokens', () => ask('revoke-tokens', { user: 'ana', actor: 'ana' })],
    ['the catalog', () => ask('apply-catalog', { actor: 'ana' })],
    ['business units', () => ask('add-unit', { company: 'acme', unit: 'rome', actor: 'ana' })],
  ];
  for (const [what, attempt] of operatorsOnly)
    it(`${what} are changed by operators alone`, async () => {
      const before = await written();
      const { exitCode, message } = await failing(attempt());
      expect(exitCode, message).to.equal(6);
      expect(message).to.include('is for operators');
      expect(await written()).to.deep.equal(before);
    });
});

describe('a judgement holds until the change is written', function () {
  this.timeout(60_000);
  let set: Operating;
  let db: Platform['db'];
  const drew = { userId: USER.drew, companyId: COMPANY.acme };
  const grant = (as: string, user: string, keys: string[]) =>
    set.ask('grant', { user, company: 'acme', keys, all: false, actor: as });
  before(async function () {
    set = await operating(await serverDatabase(this));
    ({ db } = set.platform);
    for (const user of ['drew', 'cleo'])
      await set.ask('add-member', { user, company: 'acme', role: 'ADMIN', status: null, actor: 'max' });
    await grant('max', 'drew', ['finance', 'ai']);
    await grant('max', 'cleo', ['finance', 'ai']);
  });
  after(() => set?.drop());

  const waiting = async (count: number) => {
    const waiters = db('pg_stat_activity').where({ wait_event_type: 'Lock' });
    const [{ n }] = (await waiters.whereRaw('datname = current_database()').count('* as n')) as [
      { n: string },
    ];
    return Number(n) >= count;
  };

  it('a revoke that is being written is waited for, and counts', async () => {
    const revoking = await db.transaction();
    await revoke(revoking, drew, { modules: ['ai'], permissions: [] }, 'max');
    const granting = failing(grant('drew', 'ben', ['ai']));
    await until(() => waiting(1));
    await revoking.commit();
    expect((await granting).reasons).to.deep.equal(['module_not_grantable']);
  });

  it('a revoke, or an end of what was bought, that comes between waits for the write', async () => {
    const order: string[] = [];
    let judged = false;
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    const attempt = {
      makerId: USER.drew,
      companyId: COMPANY.acme,
      targetId: USER.ben,
      changeOf: () => changeOf('grant', { modules: ['finance'] }),
    };
    const making = db.transaction(async (trx) => {
      await judgeChange(trx, attempt, async () => {
        judged = true;
        await released;
        return { judgeChange: () => ({ allow: true, reasons: [] }) };
      });
      order.push('made');
    });
    await until(() => judged);
    const others = [
      revoke(db, drew, { modules: ['finance'], permissions: [] }, 'max').then(() => order.push('revoked')),
      set
        .ask('unentitle', { company: 'acme', item: 'finance', actor: 'max' })
        .then(() => order.push('ended')),
    ];
    await until(() => waiting(2));
    release();
    await Promise.all([making, ...others]);
    expect(order[0]).to.equal('made');
    expect(order).to.have.members(['made', 'revoked', 'ended']);
  });

  describe('and no two changes wait for each other for ever', () => {
    let ends = Date.parse('2100-01-01');
    const anew = () => new Date(ends++).toISOString();
    const give = (as: string, user: string) =>
      set.ask('grant', { user, company: 'acme', keys: ['ai'], all: false, until: anew(), actor: as });
    const buy = (as: string) =>
      set.ask('entitle', { company: 'acme', item: 'touring', until: anew(), trial: false, actor: as });

    /** Both have begun, and wait for what somebody else holds, before either goes on. */
    async function together(table: string, changes: (() => Promise<{ changed: unknown }>)[]): Promise<void> {
      const holding = await db.transaction();
      await holding(table).where({ company_id: COMPANY.acme }).forUpdate().select();
      const made = [];
      for (const [at, change] of changes.entries()) {
        made.push(change());
        await until(() => waiting(at + 1));
      }
      await holding.rollback();
      await Promise.all(made);
    }

    before(() => grant('max', 'ana', ['ai']));

    it('of two who give each other', () =>
      together('auth.access_versions', [() => give('ana', 'cleo'), () => give('cleo', 'ana')]));

    it('of two that somebody makes to themselves', () =>
      together('auth.access_versions', [() => give('ana', 'ana'), () => give('ana', 'ana')]));

    it('of two who buy, one an operator', () =>
      together('core.company_entitlement_versions', [() => buy('ana'), () => buy('max')]));

    it('of one who buys and one who gives', () =>
      together('core.company_entitlement_versions', [() => give('cleo', 'ana'), () => buy('ana')]));
  });
});
