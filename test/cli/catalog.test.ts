import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { catalogSvg } from '../../cli/catalog/graph.ts';
import type { Envelope } from '../../cli/outcome.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import { seedDemo } from '../../platform/demo.ts';
import type { Database } from '../../platform/database/database.ts';
import { projectFile } from '../../policies/root.ts';
import type { Ended } from '../support/cli.ts';
import { serverDatabase } from '../support/databases.ts';
import { serve } from '../support/servers.ts';
import { openWorkspace, type Workspace } from '../support/workspace.ts';

describe('kisum-cli catalog', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = openWorkspace()));
  afterEach(() => workspace.remove());

  const run = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    workspace.run(['catalog', ...args], env).ended;
  const envelopeOf = ({ stdout }: Ended): Envelope => JSON.parse(stdout) as Envelope;
  const edit = (path: string, from: string, to: string): void => {
    const file = workspace.file(...path.split('/'));
    const text = readFileSync(file, 'utf8');
    expect(text).to.include(from);
    writeFileSync(file, text.replace(from, to));
  };
  const remove = (path: string): void => rmSync(workspace.file(...path.split('/')), { recursive: true });

  describe('validate', () => {
    it('looks at every manifest and needs no database', async () => {
      const { examined, exitCode } = envelopeOf(
        await run(['validate', '--json'], { DATABASE_URL: 'nonsense' }),
      );
      expect([exitCode, examined['modules']]).to.deep.equal([0, discoverManifests().length]);
      expect(examined['routes']).to.be.greaterThan(100);
    });

    it('ends with 1 and every fault as file:line:column', async () => {
      edit('modules/addons/finance/module.yaml', 'key: finance', 'key: Finance');
      edit('modules/base/vendor/module.yaml', 'type: base', 'type: addon');
      const { code, stdout } = await run(['validate']);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^modules\/addons\/finance\/module\.yaml:6:\d+ .*key/m);
      expect(stdout).to.match(/^modules\/base\/vendor\/module\.yaml:\d+:\d+ type addon stands in/m);
    });

    it('ends with 4 where there was nothing to look at', async () => {
      for (const room of ['modules/base', 'modules/addons', 'systems']) remove(room);
      expect((await run(['validate'])).code).to.equal(4);
      expect((await run(['plan'])).code).to.equal(4);
    });
  });

  it('plans, applies and is done, on the embedded database too', async () => {
    const planned = await run(['plan', '--detailed-exitcode']);
    expect(planned.code).to.equal(10);
    expect(planned.stdout).to.match(/^\+ finance is new: .*12 permission/m);
    expect((await run(['apply'])).code).to.equal(0);
    const again = envelopeOf(await run(['plan', '--detailed-exitcode', '--json']));
    expect([again.exitCode, (again.data as { changes: object[] }).changes]).to.deep.equal([0, []]);
  });

  describe('on a server', () => {
    let db: Database;
    let env: Record<string, string>;
    let drop: (() => Promise<void>) | undefined;
    beforeEach(async function () {
      const server = await serverDatabase(this);
      ({ db, drop } = server);
      env = { DATABASE_URL: server.url };
    });
    afterEach(() => drop?.());

    it('applies the plan that was looked at, once; another is stale: exit 3', async () => {
      const file = workspace.file('plan.json');
      expect((await run(['plan', '--out', file], env)).code).to.equal(0);
      const applied = envelopeOf(await run(['apply', '--plan', file, '--as', 'max', '--json'], env));
      expect(applied).to.include({ exitCode: 0, command: 'catalog apply' });
      expect(await db('core.catalog_events').distinct().pluck('actor')).to.deep.equal(['max']);
      const stale = await run(['apply', '--plan', file], env);
      expect([stale.code, stale.stderr.startsWith('kisum-cli: stale plan: ')]).to.deep.equal([3, true]);
      writeFileSync(file, '{}');
      expect((await run(['apply', '--plan', file], env)).code).to.equal(2);
      expect((await run(['apply', '--plan', workspace.file('none.json')], env)).code).to.equal(4);
    });

    it('refuses what breaks somebody until it is allowed: exit 3', async () => {
      await run(['apply'], env);
      edit('modules/addons/finance/module.yaml', 'entity: settlement', 'entity: closing');
      const planned = await run(['plan'], env);
      expect(planned.stdout)
        .to.match(/^ {4}\+ entity closing/m)
        .and.match(/^ {4}- permission finance\.settlement\.view.*breaking/m);
      const refused = await run(['apply'], env);
      expect(refused.code).to.equal(3);
      expect(refused.stderr)
        .to.include('--allow-breaking')
        .and.include('takes away permission finance.settlement.view');
      expect(await db('core.module_permissions').where({ key: 'finance.settlement.view' })).to.have.length(1);
    });

    it('says that a database is not migrated: exit 4', async () => {
      await db.raw('drop schema core cascade');
      const { code, stderr } = await run(['plan'], env);
      expect([code, stderr]).to.deep.equal([
        4,
        'kisum-cli: the database is not migrated: run "kisum-cli migrate" first\n',
      ]);
    });

    it('says whose code cannot be loaded, before anything is changed: exit 4', async () => {
      const file = 'modules/addons/touring/index.ts';
      edit(file, 'import ', "throw new Error('half done');\nimport ");
      const { code, stderr } = await run(['apply'], env);
      expect([code, stderr]).to.deep.equal([
        4,
        'kisum-cli: touring cannot be loaded, mend it first: half done\n',
      ]);
      expect(await db('core.modules')).to.deep.equal([]);
    });

    it('says whose migrations the database refuses, and goes on from there: exit 4', async () => {
      const file = 'modules/addons/touring/migrations.ts';
      edit(file, 'create table', 'create tabel');
      const { code, stderr } = await run(['apply'], env);
      expect([code, /migrations of touring cannot be run, [^]*syntax error/.test(stderr)]).to.deep.equal([
        4,
        true,
      ]);
      edit(file, 'create tabel', 'create table');
      expect((await run(['apply'], env)).code).to.equal(0);
      expect(await db('touring.migrations')).to.have.length.greaterThan(0);
    });

    it('says that another command holds the database: exit 5', async () => {
      await db.transaction(async (holder) => {
        await holder.raw(`select pg_advisory_xact_lock(hashtext('kisum catalog'))`);
        const { code, stderr } = await run(['apply'], env);
        expect([code, stderr]).to.deep.equal([
          5,
          'kisum-cli: the database did not get to it in time: another command may be changing it; repeat this\n',
        ]);
      });
    });

    it('says that a database cannot be reached: exit 5, and keeps its password to itself', async () => {
      const { code, stderr } = await run(['plan'], { DATABASE_URL: 'postgres://kisum:canary@127.0.0.1:1/x' });
      expect([code, stderr.includes('correct DATABASE_URL'), stderr.includes('canary')]).to.deep.equal([
        5,
        true,
        false,
      ]);
    });

    it('tells drift between manifests, database and what runs: exit 1', async () => {
      const gateway = await serve((_, res) => res.end(JSON.stringify({ catalogVersion: 1 })));
      const where = ['--gateway', gateway.url, '--json'];
      await run(['apply'], env);
      const none = envelopeOf(await run(['drift', ...where], env));
      expect([none.exitCode, none.examined['gateways']]).to.deep.equal([0, 1]);

      await db('core.modules').where({ key: 'ai' }).update({ title: 'Somebody’s' });
      await db('core.routes').where({ permission_key: 'touring.tour.delete' }).delete();
      await db('core.module_permissions').where({ key: 'touring.tour.delete' }).delete();
      await db('core.module_permissions').insert({ key: 'ai.ghost.view', module_key: 'ai', title: 'Ghost' });
      await db('core.services').where({ key: 'ai' }).update({ base_url: 'http://127.0.0.1:1' });
      remove('modules/addons/venue_marketplace');
      const { data, exitCode } = envelopeOf(await run(['drift', ...where], env));
      gateway.close();
      const found = (data as { drift: { class: string; module: string; what: string }[] }).drift;
      expect(exitCode).to.equal(1);
      expect(
        found.map((it) => `${it.class}: ${it.module}: ${it.what.replace(/version \d+|holds \d+/g, '…')}`),
      ).to.have.members([
        'extra: ai: permission ai.ghost.view',
        'changed(title): ai: module ai',
        'missing: touring: route touring.tour.delete',
        'unregistered permission: touring: permission touring.tour.delete',
        'extra: venue_marketplace: module venue_marketplace',
        'changed(version): gateway: the gateway runs catalog …, the database …',
        'missing: ai: service ai does not answer at http://127.0.0.1:1',
      ]);
    });

    it('exports the same bytes for the same catalog, as JSON and as YAML', async () => {
      await run(['apply'], env);
      const json = (await run(['export'], env)).stdout;
      await db('core.services').update({ base_url: 'http://127.0.0.1:4000' });
      expect((await run(['export'], env)).stdout).to.equal(json);
      expect(parse((await run(['export', '--yaml'], env)).stdout)).to.deep.equal(JSON.parse(json));
      const { modules } = JSON.parse(json) as { modules: Record<string, { uid: string; status: string }> };
      expect(modules['finance']).to.include({ status: 'active', uid: '01M834NVW8AG4R938PM2KBQ3VP' });
    });

    it('carries everything over to the new key of a renamed module', async () => {
      await run(['apply'], env);
      await seedDemo(db);
      const granted = () =>
        db('auth.permission_grants')
          .whereRaw(`permission_key like '%.event.view'`)
          .orderBy(['user_id', 'company_id', 'permission_key']);
      const before = await granted();
      const before0 = readFileSync(workspace.file('modules', 'base', 'promoter', 'module.yaml'), 'utf8');
      const renamed = await workspace.run(['module', 'rename', 'promoter', 'host']).ended;
      expect([renamed.code, renamed.stderr]).to.deep.equal([0, '']);
      expect(readFileSync(workspace.file('modules', 'base', 'host', 'module.yaml'), 'utf8')).to.equal(
        before0.replace('key: promoter', 'key: host'),
      );
      expect((await run(['validate'])).code).to.equal(0);
      const applied = await run(['apply'], env);
      expect(applied.code).to.equal(0);
      expect(applied.stdout).to.match(/^a backend that runs stays as it began: start it again \([^)]*host/m);
      expect(applied.stdout).to.match(/^~ host is renamed from promoter/m);
      const carried = (await granted()).map((row: { permission_key: string }) => row.permission_key);
      expect(carried.filter((key) => key === 'host.event.view')).to.have.length(
        before.filter((row: { permission_key: string }) => row.permission_key === 'promoter.event.view')
          .length,
      );
      expect(carried).to.not.include('promoter.event.view');
      expect(await db('core.company_subscriptions').pluck('package_key')).to.include('basic_host');
    });
  });

  describe('graph', () => {
    const manifests = discoverManifests().map(({ manifest }) => manifest);

    it('draws the same bytes in whatever order the manifests come', () => {
      expect(catalogSvg(manifests.toReversed())).to.equal(catalogSvg(manifests));
    });

    it('names every module, entity and read', () => {
      const svg = catalogSvg(manifests);
      for (const { key, type, owns, reads } of manifests) {
        expect(svg).to.include(`<title>${key} (${type}): `);
        for (const { entity, shared } of owns)
          expect(svg).to.include(shared ? `◆ ${entity} (shared)` : `· ${entity}<`);
        for (const { entity } of reads) expect(svg).to.include(`<title>${key} reads ${entity}: `);
      }
    });

    it('lets no text of a manifest become markup', () => {
      const [first] = manifests;
      expect(catalogSvg([{ ...first!, purpose: '<script>&"' }])).to.include('&lt;script&gt;&amp;&quot;');
    });

    it('of the catalog in docs is the one of the manifests (kisum-cli catalog graph --out docs/catalog.svg)', () => {
      expect(readFileSync(projectFile('docs', 'catalog.svg'), 'utf8')).to.equal(`${catalogSvg(manifests)}\n`);
    });
  });
});
