import { expect } from 'chai';
import fc from 'fast-check';
import { endOf } from '../../cli/commands/until.ts';
import { CliError } from '../../cli/errors.ts';
import { nearest } from '../../cli/nearest.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { rotateAuthKeys } from '../../platform/auth/keys.ts';
import { readHistory } from '../../platform/history.ts';
import { failing, operating, type Operating } from '../support/operating.ts';

const ACTOR = 'max';

describe('companies and people', function () {
  this.timeout(60_000);
  let platform: Platform;
  let ask: Operating['ask'];
  let drop: () => Promise<void>;

  before(async () => ({ platform, ask, drop } = await operating()));
  after(() => drop());

  let companies = 0;
  const newCompany = async (): Promise<string> => {
    const name = `Company ${++companies}`;
    await ask('create-company', { name, id: null, actor: ACTOR });
    return name;
  };
  const entitle = (company: string, item: string, more: { until?: string; trial?: boolean } = {}) =>
    ask('entitle', { company, item, until: null, trial: false, actor: ACTOR, ...more });
  const unentitle = (company: string, item: string) => ask('unentitle', { company, item, actor: ACTOR });
  const access = (user: string, company: string) => ask('show-access', { user, company });
  const moduleOf = async (user: string, company: string, key: string) =>
    (await access(user, company)).modules.find((module) => module.key === key)!;

  describe('names', () => {
    it('a company is found by its name in any case and by its id', async () => {
      for (const company of ['ACME', 'acme', '11111111-1111-4111-8111-111111111111'])
        expect((await ask('show-company', { company })).name).to.equal('Acme');
    });

    it('a user is found by name, e-mail and id', async () => {
      for (const user of ['BEN', 'Ben@acme.example', 'AAAAAAAA-0000-4000-8000-000000000002'])
        expect((await ask('show-user', { user })).name).to.equal('Ben');
    });

    it('an unknown name is answered with the nearest, and where all are listed: exit 2', async () => {
      const user = await failing(ask('show-user', { user: 'bem' }));
      expect(user.exitCode).to.equal(2);
      expect(user.message).to.match(/did you mean Ben\? "kisum-cli user list"/);
      const company = await failing(ask('show-company', { company: 'Blunote' }));
      expect(company.message).to.match(/did you mean Bluenote\? "kisum-cli company list"/);
      const item = await failing(entitle('acme', 'promoter'));
      expect(item.message).to.include('did you mean basic_promoter?');
      const keys = ['finanse', 'finance.expense.veiw'];
      const grant = await failing(
        ask('grant', { user: 'ben', company: 'acme', keys, all: false, actor: ACTOR }),
      );
      expect(grant.exitCode).to.equal(2);
      expect(grant.message).to.match(
        /"finanse"; did you mean finance\?[^]*did you mean finance.expense.view\?/,
      );
    });

    it('a name of two is refused with what tells them apart', async () => {
      const id = '99999999-9999-4999-8999-999999999999';
      await ask('create-company', { name: 'Twin', id: null, actor: ACTOR });
      await ask('create-company', { name: 'Twin', id, actor: ACTOR });
      const { exitCode, message } = await failing(ask('show-company', { company: 'twin' }));
      expect(exitCode).to.equal(2);
      expect(message).to.include(`several companies are called "twin": say which by id: `).and.include(id);
      for (const email of ['one@twin.example', 'two@twin.example'])
        await ask('create-user', { name: 'Tess', email, id: null, actor: ACTOR });
      const tess = await failing(ask('show-user', { user: 'tess' }));
      expect(tess.message).to.include('one@twin.example, two@twin.example');
    });

    it('the nearest name is always one of those there are', () => {
      fc.assert(
        fc.property(fc.string(), fc.array(fc.string(), { minLength: 1 }), (text, names) => {
          expect(names).to.include(nearest(text, names));
        }),
      );
      expect(nearest('x', [])).to.equal(undefined);
    });
  });

  describe('creating', () => {
    it('again changes nothing, and says so', async () => {
      const user = { name: 'Nia', email: 'nia@nova.example', id: null, actor: ACTOR };
      const first = await ask('create-user', user);
      expect(first.changed).to.equal(true);
      expect(await ask('create-user', user)).to.deep.equal({ ...first, changed: false });
      const nova = { name: 'Nova', id: null, actor: ACTOR };
      const company = await ask('create-company', nova);
      expect(await ask('create-company', nova)).to.deep.equal({ ...company, changed: false });
    });

    it("another user's e-mail address is refused by the database, in its own words", async () => {
      const user = { name: 'Anna', email: 'ana@acme.example', id: null, actor: ACTOR };
      const { name, message } = await failing(ask('create-user', user));
      expect(name).to.equal('RefusedByDatabase');
      expect(message).to.include('Another user has this e-mail address');
    });

    it('lists tell who there is and what each company has now', async () => {
      expect((await ask('list-users', {})).map(({ name }) => name)).to.include.members(['Ana', 'Sol']);
      const acme = (await ask('list-companies', {})).find(({ name }) => name === 'Acme')!;
      expect(acme.bought.map(({ key }) => key)).to.deep.equal(['basic_promoter', 'ai', 'finance', 'touring']);
    });
  });

  describe('members', () => {
    const add = (role: string | null, status: 'active' | 'suspended' | null) =>
      ask('add-member', { user: 'drew', company: 'solo', role, status, actor: ACTOR });

    it('are added as MEMBER, changed to what is said, and left alone where nothing is', async () => {
      expect(await add(null, null)).to.include({ role: 'MEMBER', status: 'active', changed: true });
      expect(await add(null, null)).to.include({ changed: false });
      expect(await add('ADMIN', null)).to.include({ role: 'ADMIN', status: 'active', changed: true });
      expect(await add(null, 'suspended')).to.include({ role: 'ADMIN', status: 'suspended' });
      expect(await add('ADMIN', 'suspended')).to.include({ changed: false });
    });

    it('are removed with their grants; again changes nothing', async () => {
      await add('MEMBER', 'active');
      const member = { user: 'drew', company: 'solo', actor: ACTOR };
      await ask('grant', { ...member, keys: ['artist'], all: true });
      expect((await ask('remove-member', member)).changed).to.equal(true);
      expect((await ask('remove-member', member)).changed).to.equal(false);
      await add(null, null);
      const { memberships } = await ask('show-user', { user: 'drew' });
      expect(memberships[0]).to.deep.include({ modules: [], permissions: [] });
    });
  });

  describe('entitlements', () => {
    it('begin now, without end, and are there at once', async () => {
      const company = await newCompany();
      const { changed, before, after } = await entitle(company, 'basic_venue');
      expect({ changed, before, status: after!.status, endsAt: after!.endsAt }).to.deep.equal({
        changed: true,
        before: null,
        status: 'active',
        endsAt: null,
      });
      const { bought } = await ask('show-company', { company });
      expect(bought[0]).to.deep.include({ key: 'basic_venue', started: true, ended: false });
    });

    it('said again change nothing; said otherwise become what is said', async () => {
      const company = await newCompany();
      await entitle(company, 'basic_venue');
      const until = endOf('+30d').toISOString();
      await entitle(company, 'finance', { until });
      expect((await entitle(company, 'finance', { until })).changed).to.equal(false);
      expect((await entitle(company, 'finance')).after!.endsAt).to.equal(null);
      expect((await entitle(company, 'finance')).changed).to.equal(false);
      expect((await entitle(company, 'finance', { until })).after!.endsAt).to.equal(until);
      expect((await ask('show-company', { company })).bought).to.have.length(2);
    });

    it('of a trial end in 30 days, stay as they are, and become bought', async () => {
      const company = await newCompany();
      const trial = await entitle(company, 'basic_artist', { trial: true });
      expect(trial.after!.status).to.equal('trial');
      const days = (Date.parse(trial.after!.endsAt!) - Date.now()) / 86_400_000;
      expect(days).to.be.within(29.9, 30);
      expect((await entitle(company, 'basic_artist', { trial: true })).changed).to.equal(false);
      expect((await entitle(company, 'basic_artist')).after).to.include({ status: 'active', endsAt: null });
    });

    it('end now, and may begin again', async () => {
      const company = await newCompany();
      await entitle(company, 'basic_vendor');
      const ended = await unentitle(company, 'basic_vendor');
      expect(ended).to.deep.include({ changed: true, after: null });
      expect((await unentitle(company, 'basic_vendor')).changed).to.equal(false);
      await entitle(company, 'basic_venue');
      const { bought } = await ask('show-company', { company });
      expect(bought.map(({ key, ended }) => [key, ended])).to.deep.equal([
        ['basic_vendor', true],
        ['basic_venue', false],
      ]);
    });

    it('of a second base are refused by the database, and nothing of it stays', async () => {
      const company = await newCompany();
      await entitle(company, 'basic_vendor');
      const { message } = await failing(entitle(company, 'basic_venue'));
      expect(message).to.include('another base subscription in this time');
      expect((await ask('show-company', { company })).bought).to.have.length(1);
    });

    it('that were to begin later never do', async () => {
      const company = await newCompany();
      const { id } = await ask('show-company', { company });
      const row = { company_id: id, addon_key: 'ai', status: 'active', starts_at: '2099-01-01T00:00:00Z' };
      await platform.db('core.company_addons').insert(row);
      expect((await unentitle(company, 'ai')).changed).to.equal(true);
      expect((await ask('show-company', { company })).bought).to.deep.equal([]);
    });
  });

  describe('--until', () => {
    const now = new Date('2027-03-10T15:30:00.000Z');
    const ends: [string, string][] = [
      ['2027-04-01', '2027-04-01T00:00:00.000Z'],
      ['2027-04-01T09:00Z', '2027-04-01T09:00:00.000Z'],
      ['2027-04-01T09:00:00+02:00', '2027-04-01T07:00:00.000Z'],
      ['+30d', '2027-04-10T00:00:00.000Z'],
      ['+12h', '2027-03-11T03:30:00.000Z'],
      ['+5m', '2027-03-10T15:35:00.000Z'],
    ];
    for (const [text, end] of ends)
      it(`${text} is ${end}`, () => expect(endOf(text, now).toISOString()).to.equal(end));

    for (const text of [
      'tomorrow',
      '2027-02-30',
      '2027-13-01',
      '2027-04-01T09:00',
      '30d',
      '+d',
      '',
      '2027-03-10',
      '+0h',
    ])
      it(`"${text}" is refused`, () => expect(() => endOf(text, now)).to.throw(CliError));

    it('that is over says which command ends it at once', () => {
      expect(() => endOf('2027-03-10', now)).to.throw('kisum-cli unentitle');
      expect(() => endOf('2027-03-10', now, 'revoke')).to.throw('kisum-cli revoke');
    });

    it('in days gives at least so many, and the same all day long', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 9999 }),
          fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
          (days, at) => {
            const end = endOf(`+${days}d`, at).getTime() - at.getTime();
            expect(end).to.be.within(days * 86_400_000, (days + 1) * 86_400_000);
          },
        ),
      );
    });
  });

  describe('grants', () => {
    const member = { user: 'cleo', company: 'acme', actor: ACTOR };
    const keysOf = async () => {
      const { memberships } = await ask('show-user', { user: 'cleo' });
      return memberships.find(({ company }) => company.name === 'Acme')!;
    };

    it('of a module alone, of a permission, of a module with everything, by * or --all', async () => {
      await ask('grant', { ...member, keys: ['ai'], all: false });
      expect((await keysOf()).permissions.filter((key) => key.startsWith('ai.'))).to.deep.equal([]);
      const all = await ask('grant', { ...member, keys: ['ai.*'], all: false });
      expect(all.changed.modules).to.deep.equal([]);
      expect(all.changed.permissions).to.have.length.greaterThan(3);
      expect(all.changed.permissions.every((key) => key.startsWith('ai.'))).to.equal(true);
      const again = await ask('grant', { ...member, keys: ['ai'], all: true });
      expect(again.changed).to.deep.equal({ modules: [], permissions: [] });
      const taken = await ask('revoke', { ...member, keys: ['ai'], all: true });
      expect(taken.changed.permissions).to.have.members([...all.changed.permissions]);
      expect((await keysOf()).modules).to.not.include('ai');
    });

    it('are all made or none: one unknown key stops them', async () => {
      const before = await keysOf();
      await failing(ask('grant', { ...member, keys: ['touring', 'tourin'], all: false }));
      expect(await keysOf()).to.deep.equal(before);
    });

    it('say when a permission gives nothing for want of its module', async () => {
      const { missingModules } = await ask('grant', { ...member, keys: ['finance.income.view'], all: false });
      expect(missingModules).to.deep.equal(['finance']);
    });

    it('go to members alone; to others it says how they become one: exit 3', async () => {
      const work = ask('grant', { user: 'sol', company: 'acme', keys: ['ai'], all: false, actor: ACTOR });
      const { exitCode, message } = await failing(work);
      expect(exitCode).to.equal(3);
      expect(message).to.include('kisum-cli user add Sol Acme');
    });
  });

  describe('access', () => {
    it('is what the policy says, with what each key stands on', async () => {
      const { membership, modules, permissions } = await access('ben', 'acme');
      expect(membership).to.deep.equal({ role: 'MEMBER', status: 'active', units: null });
      const finance = modules.find(({ key }) => key === 'finance')!;
      expect(finance).to.deep.include({ allowed: true, granted: true, missing: [] });
      expect(finance.bought[0]).to.deep.include({
        kind: 'addon',
        key: 'finance',
        status: 'active',
        endsAt: null,
      });
      const allowed = permissions.filter((permission) => permission.allowed).map(({ key }) => key);
      expect(allowed).to.deep.equal(['finance.expense.view']);
      const create = permissions.find(({ key }) => key === 'finance.expense.create')!;
      expect(create).to.deep.include({ allowed: false, granted: false, missing: ['permission_missing'] });
    });

    const missing: [string, string, string, string[]][] = [
      ['ben', 'acme', 'promoter', ['module_not_granted']],
      ['ana', 'acme', 'venue', ['module_not_entitled']],
      ['lee', 'lapsed', 'finance', ['no_active_base']],
      ['drew', 'acme', 'finance', ['no_membership']],
    ];
    for (const [user, company, key, reasons] of missing)
      it(`of ${user} in ${company} to ${key} is missing ${reasons.join(', ')}`, async () => {
        expect((await moduleOf(user, company, key)).missing).to.deep.equal(reasons);
      });

    it('of a granted key that was not bought is refused though it was granted', async () => {
      expect(await moduleOf('sol', 'solo', 'finance')).to.deep.include({
        allowed: false,
        granted: true,
        bought: [],
        missing: ['module_not_entitled'],
      });
    });

    it('ends with the entitlement, and says that its time is over', async () => {
      await entitle('bluenote', 'finance');
      await ask('grant', { user: 'cleo', company: 'bluenote', keys: ['finance'], all: true, actor: ACTOR });
      expect((await moduleOf('cleo', 'bluenote', 'finance')).allowed).to.equal(true);
      await unentitle('bluenote', 'finance');
      expect((await moduleOf('cleo', 'bluenote', 'finance')).missing).to.deep.equal(['entitlement_expired']);
    });
  });

  describe('a token', () => {
    it('tells whose it is, until when, and in which companies', async () => {
      const token = await ask('create-token', { user: 'cleo', ttlSeconds: 60 });
      const { user, companies: in_, issuedAt, expiresAt } = await ask('identify-token', { token });
      expect(user.email).to.equal('cleo@bluenote.example');
      expect(in_.map(({ company, role }) => [company.name, role])).to.deep.equal([
        ['Acme', 'MEMBER'],
        ['Bluenote', 'ADMIN'],
      ]);
      expect(Date.parse(expiresAt) - Date.parse(issuedAt)).to.equal(60_000);
    });

    it('is refused, with why, once revoked, altered, expired or signed by a dropped key: exit 1', async () => {
      const token = await ask('create-token', { user: 'lee', ttlSeconds: 60 });
      const expired = await ask('create-token', { user: 'lee', ttlSeconds: -60 });
      const [head, body] = token.split('.') as [string, string];
      await ask('revoke-tokens', { user: 'lee', actor: ACTOR });
      const why = async (it: string) => {
        const { exitCode, message } = await failing(ask('identify-token', { token: it }));
        expect(exitCode).to.equal(1);
        return message;
      };
      expect(await why(token)).to.include('it was revoked');
      expect(await why(expired)).to.match(/it expired at \d{4}-/);
      expect(await why(`${head}.${body}.AAAA`)).to.include('signature verification failed');
      expect(await why('nonsense')).to.include('not accepted here');
      const fresh = await ask('create-token', { user: 'lee', ttlSeconds: 60 });
      await rotateAuthKeys(platform.keysFile, { dropOld: true });
      await why(fresh);
    });
  });

  describe('history', () => {
    it('has every write, in the name of its actor', async () => {
      const as = { actor: 'auditor' };
      const company = 'History Ltd';
      const writes: [() => Promise<unknown>, string][] = [
        [() => ask('create-company', { name: company, id: null, ...as }), 'companies'],
        [() => ask('create-user', { name: 'Hal', email: 'hal@history.example', id: null, ...as }), 'users'],
        [() => ask('add-member', { user: 'hal', company, role: null, status: null, ...as }), 'memberships'],
        [
          () => ask('add-member', { user: 'hal', company, role: 'ADMIN', status: null, ...as }),
          'memberships',
        ],
        [
          () => ask('entitle', { company, item: 'basic_promoter', until: null, trial: false, ...as }),
          'company_subscriptions',
        ],
        [
          () => ask('entitle', { company, item: 'finance', until: null, trial: false, ...as }),
          'company_addons',
        ],
        [() => ask('unentitle', { company, item: 'finance', ...as }), 'company_addons'],
        [() => ask('grant', { user: 'hal', company, keys: ['finance'], all: false, ...as }), 'module_grants'],
        [
          () => ask('grant', { user: 'hal', company, keys: ['finance.income.view'], all: false, ...as }),
          'permission_grants',
        ],
        [
          () => ask('revoke', { user: 'hal', company, keys: ['finance'], all: false, ...as }),
          'module_grants',
        ],
        [() => ask('revoke-tokens', { user: 'hal', ...as }), 'users'],
        [() => ask('remove-member', { user: 'hal', company, ...as }), 'memberships'],
      ];
      for (const [change, table] of writes) {
        const before = await count();
        await change();
        const [newest] = await readHistory(platform.db, { limit: 1 });
        expect(await count(), table).to.be.greaterThan(before);
        expect(newest!.actor).to.equal('auditor');
        const last = (await readHistory(platform.db, { limit: 5 })).map(({ what }) => what);
        expect(last, table).to.include(table);
      }
      const ofCompany = await ask('history', { company, user: null, limit: 100 });
      expect(new Set(ofCompany.map(({ company: name }) => name))).to.deep.equal(new Set([company]));
      expect(ofCompany.at(-1)!.what).to.equal('companies');
      const ofUser = await ask('history', { company: null, user: 'hal', limit: 100 });
      expect(ofUser.map(({ what }) => what)).to.include.members(['users', 'memberships', 'module_grants']);
      expect(ofUser.map(({ what }) => what)).to.not.include('company_addons');
      const at = ofUser.map((entry) => entry.at);
      expect(at).to.deep.equal(at.toSorted().reverse());
      expect(await ask('history', { company: null, user: 'hal', limit: 1 })).to.have.length(1);
    });

    const count = async () => (await readHistory(platform.db, { limit: 1_000_000 })).length;

    it('has nothing new where nothing changed', async () => {
      await entitle('acme', 'finance');
      const before = await count();
      await entitle('acme', 'finance');
      await ask('grant', { user: 'ben', company: 'acme', keys: ['finance'], all: false, actor: ACTOR });
      await ask('revoke', { user: 'ben', company: 'acme', keys: ['venue'], all: false, actor: ACTOR });
      expect(await count()).to.equal(before);
    });
  });
});
