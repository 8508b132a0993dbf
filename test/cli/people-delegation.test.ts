import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { pino } from 'pino';
import type { Envelope } from '../../cli/outcome.ts';
import { slip } from '../../cli/nearest.ts';
import { startAuth } from '../../cli/start/auth.ts';
import type { EffectiveAccess } from '../../policies/contract.ts';
import { readAccess } from '../../platform/auth/access.ts';
import type { RunningAuthService } from '../../platform/auth/service/service.ts';
import type { ChangeRefused } from '../../platform/auth/delegation.ts';
import { readMinVersion } from '../../platform/min-version.ts';
import { runCli, temporaryHome } from '../support/cli.ts';
import { serverDatabase } from '../support/databases.ts';
import { failing, operating, type Operating } from '../support/operating.ts';
import { COMPANY, USER } from '../support/stage.ts';

const SECRET = 'the internal key';

describe('changes made as somebody', function () {
  this.timeout(60_000);
  let set: Operating;
  let ask: Operating['ask'];
  before(async () => {
    set = await operating();
    ({ ask } = set);
  });
  after(() => set.drop());

  const grant = (actor: string, keys: string[], user = 'ben', company = 'acme') =>
    ask('grant', { user, company, keys, all: false, actor });

  describe('an operator', () => {
    it('is not judged, and is called as they call themselves', async () => {
      const { notes, changed } = await grant('max', ['venue']);
      expect(notes).to.equal(undefined);
      expect(changed.modules).to.deep.equal(['venue']);
      const [newest] = await ask('history', { company: null, user: null, limit: 1 });
      expect(newest).to.include({ actor: 'max', actorName: null });
    });

    it('who is called nearly like a user hears how they were taken', async () => {
      const { notes } = await grant('Anna', ['venue']);
      expect(notes).to.deep.equal([`note: Anna is taken as an operator's name; the user is Ana`]);
      const slips: [string, string | undefined][] = [
        ['bne', undefined],
        ['bem', 'Ben'],
        ['max', undefined],
        ['beatrix', 'Beatrice'],
        ['be', 'Ben'],
      ];
      for (const [word, name] of slips) expect(slip(word, ['Ben', 'Beatrice']), word).to.equal(name);
    });
  });

  describe('a refusal', () => {
    it('says in words what is in the way and what to do, is kept, and is told to whoever runs this', async () => {
      const told: ChangeRefused[] = [];
      set.platform.onRefusal = (refused) => told.push(refused);
      const { message } = await failing(grant('ana', ['venue', 'finance'], 'drew'));
      expect(message.split('\n')).to.deep.equal([
        'Ana may not make this change in Acme, and nothing was changed:',
        '  Drew is not a member: kisum-cli user add Drew Acme (target_not_a_member)',
        '  Ana cannot hand on what they do not have themselves: ask somebody who has it, or leave it away: venue (module_not_grantable)',
      ]);
      expect(told).to.have.length(1);
      const reasons = ['target_not_a_member', 'module_not_grantable'];
      expect(told[0]!.reasons).to.deep.equal(reasons);
      const kept = { company: 'Acme', user: 'Drew', actor: `user:${USER.ana}`, actorName: 'Ana', reasons };
      const all = { company: null, user: null, limit: 10 };
      expect((await ask('refusals', all))[0]).to.deep.include(kept);
      for (const more of [{ company: 'acme' }, { user: 'ana' }, { user: 'drew' }])
        expect((await ask('refusals', { ...all, ...more }))[0], JSON.stringify(more)).to.deep.include(kept);
      for (const more of [{ company: 'solo' }, { user: 'sol' }])
        expect(await ask('refusals', { ...all, ...more })).to.deep.equal([]);
    });
  });

  describe('GET /auth/me/access', () => {
    let auth: RunningAuthService;
    before(async () => {
      const options = { url: 'http://127.0.0.1:0', internalApiKey: SECRET, log: pino({ enabled: false }) };
      auth = await startAuth({ ...set.platform, ...options });
      // Somebody in each company to whom anything may be given.
      await ask('create-user', { name: 'Nia', email: 'nia@nova.example', id: null, actor: 'max' });
      for (const company of Object.keys(COMPANY))
        await ask('add-member', { user: 'nia', company, role: null, status: null, actor: 'max' });
    });
    after(() => auth.close());

    async function delegationOf(user: string, companyId: string): Promise<EffectiveAccess['delegation']> {
      const token = await ask('create-token', { user, ttlSeconds: 60 });
      const headers = { authorization: `Bearer ${token}`, 'x-org': companyId };
      const response = await fetch(`${auth.url}/auth/me/access`, { headers });
      if (response.status === 403) return NOTHING;
      return ((await response.json()) as { data: EffectiveAccess }).data.delegation;
    }
    const NOTHING = {
      canManageUsers: false,
      canBuyAddons: false,
      grantableModules: [],
      grantablePermissions: [],
    };

    const lets = async (work: Promise<unknown>): Promise<boolean> => {
      const refused = await work.then(
        () => null,
        (error: Error & { exitCode?: number }) => error,
      );
      if (refused) expect(refused.exitCode, refused.message).to.equal(6);
      return refused === null;
    };

    it('names exactly what a grant lets through, for everybody everywhere', async () => {
      const { modules, permissions } = await keysOf();
      const makers = fc.constantFrom(...Object.keys(USER));
      const companies = fc.constantFrom(...(Object.keys(COMPANY) as (keyof typeof COMPANY)[]));
      const keys = fc.uniqueArray(fc.constantFrom(...modules, ...permissions), {
        minLength: 1,
        maxLength: 3,
      });
      const known = new Map<string, EffectiveAccess['delegation']>();
      await fc.assert(
        fc.asyncProperty(makers, companies, keys, async (maker, company, asked) => {
          const cell = `${maker} in ${company}`;
          if (!known.has(cell)) known.set(cell, await delegationOf(maker, COMPANY[company]));
          const { canManageUsers, grantableModules, grantablePermissions } = known.get(cell)!;
          const grantable = [...grantableModules, ...grantablePermissions];
          const may = canManageUsers && asked.every((key) => grantable.includes(key));
          expect(await lets(grant(maker, asked, 'nia', company)), cell).to.equal(may);
        }),
        { numRuns: 30 },
      );
    });

    it('and all of it at once, and who may buy and manage', async () => {
      for (const maker of Object.keys(USER))
        for (const [company, id] of Object.entries(COMPANY)) {
          const it = await delegationOf(maker, id);
          const grantable = [...it.grantableModules, ...it.grantablePermissions];
          if (grantable.length > 0)
            expect(await lets(grant(maker, grantable, 'nia', company)), maker).to.equal(true);
          const change = { user: 'nia', company, role: null, status: null, actor: maker };
          expect(await lets(ask('add-member', change)), maker).to.equal(it.canManageUsers);
          const ended = { company, item: 'venue_marketplace', actor: maker };
          expect(await lets(ask('unentitle', ended)), maker).to.equal(it.canBuyAddons);
        }
    });

    async function keysOf() {
      const { db } = set.platform;
      return {
        modules: await db('core.modules').pluck<string[]>('key'),
        permissions: await db('core.module_permissions').pluck<string[]>('key'),
      };
    }
  });

  describe('minVersion', () => {
    before(() => (set.platform.versionSecret = SECRET));
    after(() => (set.platform.versionSecret = undefined));

    const bound = async (result: { minVersion?: string }, userId: string) => {
      const { versions } = await readAccess(set.platform.db, userId, COMPANY.acme);
      expect(readMinVersion(SECRET, result.minVersion!)).to.deep.equal({
        userId,
        companyId: COMPANY.acme,
        versions,
      });
    };
    const item = { company: 'acme', item: 'venue_marketplace' };
    const buy = (actor: string, reader: string | null = null) =>
      ask('entitle', { ...item, until: null, trial: false, actor, reader });

    it('is of whom a change is made to, as it is right after it', async () => {
      await bound(await grant('max', ['touring']), USER.ben);
      const revoking = { user: 'ben', company: 'acme', keys: ['touring'], all: false, actor: 'ana' };
      await bound(await ask('revoke', revoking), USER.ben);
      const added = await ask('add-member', {
        user: 'lee',
        company: 'acme',
        role: null,
        status: null,
        actor: 'ana',
      });
      await bound(added, USER.lee);
    });

    it('of a purchase is of the user who makes it, or of whom it is said to be for', async () => {
      await bound(await buy('ana'), USER.ana);
      await bound(await ask('unentitle', { ...item, actor: 'ana' }), USER.ana);
      await bound(await buy('max', 'ben'), USER.ben);
      expect((await buy('max')).minVersion).to.equal(undefined);
      expect((await failing(buy('max', 'sol'))).exitCode).to.equal(3);
    });

    it('is absent where no key signs it', async () => {
      set.platform.versionSecret = undefined;
      expect((await buy('ana')).minVersion).to.equal(undefined);
    });
  });

  it('on the command line: exit 6, reasons in JSON, notes on stderr, the refused in history', async function () {
    const { db, url, drop } = await serverDatabase(this);
    const home = await temporaryHome();
    try {
      await operating({ db, drop: () => Promise.resolve() });
      const env = { KISUM_HOME: home, DATABASE_URL: url, INTERNAL_API_KEY: SECRET };
      const cli = async (args: string[], more = {}) => {
        const { code, stdout, stderr } = await runCli(args, { ...env, ...more }).ended;
        return { code, stdout, stderr };
      };
      const grantAi = ['grant', 'cleo', 'acme', 'ai'];
      const refused = await cli([...grantAi, '--json'], { KISUM_ACTOR: 'BEN' });
      expect(refused.code, refused.stderr).to.equal(6);
      const { errors } = JSON.parse(refused.stdout) as Envelope;
      expect(errors[0]!.reasons).to.deep.equal(['may_not_manage_users', 'module_not_grantable']);
      const listed = await cli(['history', '--refused', '--company', 'acme']);
      expect(listed.stdout).to.match(
        /Ben +Acme \/ Cleo +grant ai: may_not_manage_users, module_not_grantable/,
      );
      const noted = await cli([...grantAi, '--until', '2100-01-01', '--as', 'anna']);
      expect(noted.stderr).to.include("anna is taken as an operator's name; the user is Ana");
      expect(noted.stdout).to.include('  ai until 2100-01-01T00:00:00.000Z');
      const shown = await cli(['access', 'cleo', 'acme']);
      expect(shown.stdout).to.match(/ai: .*granted until 2100-01-01T00:00:00.000Z/);
    } finally {
      await drop();
      await rm(home, { recursive: true, force: true });
    }
  });
});
