import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Check } from '../../cli/doctor/check.ts';
import { projectChecks } from '../../cli/doctor/project.ts';
import { node } from '../../cli/doctor/tools.ts';
import type { Envelope } from '../../cli/outcome.ts';
import { runCli, temporaryHome } from '../support/cli.ts';
import { serverDatabase } from '../support/databases.ts';

/** Free ports, so that nothing else on this machine decides. */
const PORTS = { PORT: '0', ADMIN_PORT: '0', AUTH_URL: 'http://127.0.0.1:0' };

async function examine(env: Record<string, string>) {
  const { code, stdout } = await runCli(['doctor', '--json'], { ...PORTS, ...env }).ended;
  const { data, exitCode, examined } = JSON.parse(stdout) as Envelope;
  expect(exitCode).to.equal(code);
  const { checks } = data as { checks: Check[] };
  expect(examined['checks']).to.equal(checks.length);
  return { code, of: (name: string) => checks.find((check) => check.name.startsWith(name))!, checks };
}

describe('doctor', function () {
  this.timeout(60_000);
  let home: string;
  before(async () => (home = await temporaryHome()));
  after(() => rm(home, { recursive: true, force: true }));

  it('finds all that is needed here; what is not needed may be missing: exit 0', async () => {
    const { code, checks, of } = await examine({ KISUM_HOME: home });
    expect(code, JSON.stringify(checks.filter(({ ok }) => !ok))).to.equal(0);
    for (const name of [
      'node',
      'packages',
      'git',
      'opa',
      'regal',
      'PostgreSQL',
      'database',
      'KISUM_HOME',
      'policy bundle',
    ])
      expect(of(name), name).to.not.equal(undefined);
    for (const { ok, fix, name } of checks) expect(fix === undefined, name).to.equal(ok);
  });

  it('says how to get what is missing', async () => {
    const { stdout } = await runCli(['doctor'], { ...PORTS, KISUM_HOME: home, HOME: home, PATH: '' }).ended;
    expect(stdout).to.match(/^optional {2}git: .*\n +→ install git$/m);
    for (const [tool, key] of [
      ['opa', 'OPA'],
      ['regal', 'REGAL'],
    ])
      expect(stdout).to.match(
        new RegExp(
          `^optional {2}${tool}: [^]*→ Install ${tool} [\\d.]+ and put it on PATH or name it in ${key},`,
          'm',
        ),
      );
  });

  it('a database that is not there is needed and missing: exit 4', async () => {
    const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/nothing';
    const { code, of } = await examine({ KISUM_HOME: home, DATABASE_URL });
    expect(code).to.equal(4);
    expect(of('database')).to.include({ ok: false, needed: true });
    expect(of('database').found).to.match(/^not reachable: .*ECONNREFUSED/);
  });

  it('tells how far a database is migrated', async function () {
    const { url, drop, db } = await serverDatabase(this);
    try {
      expect((await examine({ KISUM_HOME: home, DATABASE_URL: url })).of('database').ok).to.equal(true);
      await db.raw('drop schema core cascade');
      const { code, of } = await examine({ KISUM_HOME: home, DATABASE_URL: url });
      expect(code).to.equal(4);
      expect(of('database')).to.include({ ok: false, fix: 'npm run migrate' });
      expect(of('database').found).to.include('0001-core-catalog');
    } finally {
      await drop();
    }
  });

  it('a port that something else has is needed and missing', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, of } = await examine({ KISUM_HOME: home, PORT: String(port) }).finally(() =>
      server.close(),
    );
    expect(code).to.equal(4);
    expect(of(`port ${port}`)).to.include({ ok: false, fix: 'stop what uses it, or set PORT' });
  });

  it('a damaged lock is named', async () => {
    const damaged = await temporaryHome();
    await writeFile(join(damaged, 'owner.json'), '{');
    const { code, of } = await examine({ KISUM_HOME: damaged });
    await rm(damaged, { recursive: true });
    expect(code).to.equal(4);
    expect(of('embedded database').fix).to.include('owner.json');
  });

  it('a home folder that cannot be written is needed and missing', async () => {
    const file = join(home, 'a-file');
    await writeFile(file, '');
    const { code, of } = await examine({ KISUM_HOME: join(file, 'home') });
    expect(code).to.equal(4);
    expect(of('KISUM_HOME')).to.include({ ok: false, needed: true });
  });

  it('says who has the embedded database open', async () => {
    const { pid } = process;
    const owned = await temporaryHome();
    await writeFile(join(owned, 'owner.json'), JSON.stringify({ pid, began: null, endpoint: null }));
    const { of } = await examine({ KISUM_HOME: owned });
    await rm(owned, { recursive: true });
    expect(of('embedded database').found).to.equal(`process ${pid} has it open`);
  });

  describe('in a tree', () => {
    let root: string;
    const checks = async () => Object.fromEntries((await projectChecks(root)).map((it) => [it.name, it]));

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'kisum-'));
      await mkdir(join(root, 'modules', 'addons', 'finance', '.kisum'), { recursive: true });
    });
    afterEach(() => rm(root, { recursive: true }));

    it('finds nothing left behind where nothing is', async () => {
      for (const { ok } of Object.values(await checks())) expect(ok).to.equal(true);
    });

    it('names temporary folders, which fail nothing', async () => {
      await mkdir(join(root, 'modules', 'addons', '.kisum-tmp-1a2b'));
      const { 'temporary folders': left } = await checks();
      expect(left).to.include({ ok: false, needed: false });
      expect(left!.fix).to.include(join('modules', 'addons', '.kisum-tmp-1a2b'));
    });

    it('names an interrupted upgrade, which must be ended', async () => {
      await writeFile(join(root, 'modules', 'addons', 'finance', '.kisum', 'journal.json'), '[]');
      const { 'module upgrades': open } = await checks();
      expect(open).to.include({ ok: false, needed: true });
      expect(open!.found).to.include('finance');
    });
  });

  const versions: [string, boolean][] = [
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['20.18.9', false],
    ['18.20.0', false],
    ['9.99.0', false],
  ];
  for (const [version, enough] of versions)
    it(`node ${version} is ${enough ? '' : 'not '}enough for >=20.19`, () =>
      expect(node('>=20.19', version).ok).to.equal(enough));
});
