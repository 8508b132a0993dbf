import { join } from 'node:path';
import { expect } from 'chai';
import { limitText } from '../../cli/commands/units.ts';
import type { CliError } from '../../cli/errors.ts';
import { registerModules } from '../../cli/operations/apply-catalog.ts';
import { showAccess } from '../../cli/operations/access.ts';
import { showCompany } from '../../cli/operations/companies.ts';
import type { Platform } from '../../cli/operations/platform.ts';
import { addUnit, limitMember, removeUnit } from '../../cli/operations/units.ts';
import { showUser } from '../../cli/operations/users.ts';
import { openAuthKeys } from '../../platform/auth/keys.ts';
import { MAX_UNITS } from '../../platform/auth/units.ts';
import { seedDemo } from '../../platform/demo.ts';
import { runCli, temporaryHome } from '../support/cli.ts';
import { embeddedDatabase } from '../support/databases.ts';

const ACTOR = 'max';

describe('business units on the command line', function () {
  this.timeout(60_000);
  let platform: Platform;
  let drop: () => Promise<void>;

  before(async () => {
    const { db, drop: end } = await embeddedDatabase();
    drop = end;
    await registerModules(db);
    await seedDemo(db);
    const keysFile = join(await temporaryHome(), 'auth-keys.json');
    platform = { db, keysFile, keys: await openAuthKeys(keysFile), issuer: 'test', audience: 'gateway' };
  });
  after(() => drop());

  const limit = (units: string[] | null, user = 'ben') =>
    limitMember(platform, { user, company: 'acme', units, actor: ACTOR });
  const refusal = (work: Promise<unknown>): Promise<CliError> =>
    work.then(
      () => expect.fail('it was allowed'),
      (error: unknown) => error as CliError,
    );

  it('are added to a company and removed from it, and told to be there', async () => {
    const args = { company: 'ACME', unit: 'paris', actor: ACTOR };
    const shown = async () => (await showCompany(platform, { company: 'acme' })).units;
    expect(await shown()).to.deep.equal(['berlin', 'rotterdam']);
    const added = await addUnit(platform, args);
    expect(added).to.deep.include({ unit: 'paris', changed: true });
    expect(added.company.name).to.equal('Acme');
    expect((await addUnit(platform, args)).changed).to.equal(false);
    expect(await shown()).to.deep.equal(['berlin', 'paris', 'rotterdam']);
    expect((await removeUnit(platform, args)).changed).to.equal(true);
    expect((await removeUnit(platform, args)).changed).to.equal(false);
  });

  it('limit a membership until the limit is lifted, and are shown with it', async () => {
    const shown = async () => {
      const { memberships } = await showUser(platform, { user: 'ben' });
      const { membership } = await showAccess(platform, { user: 'ben', company: 'acme' });
      expect(membership!.units).to.deep.equal(memberships[0]!.units);
      return membership!.units;
    };
    expect(await shown()).to.equal(null);
    expect(await limit(['rotterdam', 'berlin', 'berlin'])).to.deep.include({
      units: ['berlin', 'rotterdam'],
      changed: true,
    });
    expect(await shown()).to.deep.equal(['berlin', 'rotterdam']);
    expect((await limit(['berlin', 'rotterdam'])).changed).to.equal(false);
    expect((await limit(['berlin'])).changed).to.equal(true);
    expect(await shown()).to.deep.equal(['berlin']);
    expect((await limit(null)).changed).to.equal(true);
    expect(await shown()).to.equal(null);
  });

  it('that the company does not have limit nobody: exit 2, each with the nearest', async () => {
    const { exitCode, message } = await refusal(limit(['berlim', 'berlin', 'x']));
    expect(exitCode).to.equal(2);
    expect(message).to.match(
      /no business unit "berlim"; did you mean berlin\? "kisum-cli company show Acme"/,
    );
    expect(message).to.include('no business unit "x"');
    expect((await refusal(limit(['berlin'], 'sol'))).message).to.include('Sol is not a member of Acme');
    const many = Array.from({ length: MAX_UNITS + 1 }, (_, at) => `unit-${at}`);
    expect((await refusal(limit(many))).message).to.include(`${MAX_UNITS} business units at most`);
  });

  it('are told in words', () => {
    expect([null, [], ['berlin', 'paris']].map(limitText)).to.deep.equal([
      'every business unit',
      'no business unit',
      'business units berlin, paris',
    ]);
  });

  it('must be said, or that all are meant: exit 2', async () => {
    const home = await temporaryHome();
    for (const args of [[], ['--all', 'berlin']]) {
      const ended = await runCli(['user', 'limit', 'ben', 'acme', ...args], { KISUM_HOME: home }).ended;
      expect(ended.code).to.equal(2);
      expect(ended.stderr).to.include('name the business units, or lift the limit with --all');
    }
  });
});
