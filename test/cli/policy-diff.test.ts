import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { diff, type DiffOptions } from '../../cli/commands/policy-diff.ts';
import { exitCodeOf } from '../../cli/errors.ts';
import type { Envelope, Outcome } from '../../cli/outcome.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { projectFile } from '../../policies/root.ts';
import type { AcceptedDiff } from '../../policies/accepted.ts';
import type { RouteChange } from '../../policies/workbench/impact/changes.ts';
import type { Membership } from '../../policies/workbench/impact/people.ts';
import type { AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { withCompiler } from '../policies/compiler.ts';
import { edit } from '../policies/workbench/impact/edited.ts';
import { decisions, writeLog } from '../policies/workbench/impact/log.ts';
import type { Ended } from '../support/cli.ts';
import { demoSnapshot } from '../support/demo-snapshot.ts';
import { openWorkspace, type Workspace } from '../support/workspace.ts';

describe('kisum-cli policy diff', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  let snapshot: AccessSnapshot;

  before(async () => {
    snapshot = await demoSnapshot();
    workspace = openWorkspace();
    rmSync(workspace.file('policies', 'accepted.json'), { force: true });
    writeFileSync(workspace.file('demo.json'), JSON.stringify(snapshot));
    git('init', '--quiet');
    commit('The policies as they are');
  });
  after(() => workspace.remove());

  function git(...args: string[]): string {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@users.example'];
    return execFileSync('git', [...who, ...args], { cwd: workspace.root, encoding: 'utf8' });
  }
  function commit(message: string): void {
    git('add', 'policies');
    git('commit', '--quiet', '-m', message);
  }
  const run = (...args: string[]): Promise<Ended> =>
    workspace.run(['policy', 'diff', '--data', workspace.file('demo.json'), ...args]).ended;
  const dataOf = ({ stdout }: Ended): never => (JSON.parse(stdout) as Envelope).data as never;

  it('says that nothing changes, what it compared, and how much it looked at', async () => {
    const { code, stdout } = await run('--detailed-exitcode');
    expect(stdout).to.match(/^before {2}HEAD \([0-9a-f]{7}\): revision [0-9a-f]{12}, catalog version 1$/m);
    expect(stdout).to.match(/^after {3}the bundle in policies\/bundle, whose sources are unchanged: /m);
    expect(stdout).to.match(
      /^examined 5 users in 4 companies at \d+ routes: \d+ cells by \d+ evaluations, /m,
    );
    expect(stdout).to.match(/^Nobody loses or gains anything, and no reason changes\.$/m);
    expect(code).to.equal(0);
  });

  it('refuses a commit that is not there, and what git would take for an option: exit 4', async () => {
    for (const args of [['v0.0.0'], ['--', '--output=x']]) {
      const { code, stderr } = await run(...args);
      expect([code, stderr.includes('neither a bundle')], stderr).to.deep.equal([4, true]);
    }
  });

  it('has nobody to ask about where there is no company: exit 4', async () => {
    const { code, stderr } = await workspace.run(['policy', 'snapshot']).ended;
    expect(stderr).to.include('there is no company in the database');
    expect(code).to.equal(4);
  });

  describe('of an edited rule', function () {
    withCompiler(this);
    const rule = 'in input.access.permissions';
    const stricter = 'in {it | some it in input.access.permissions; it != "finance.expense.view"}';

    it('compiles it, tells it, keeps it as accepted, and the build packs it', async () => {
      edit(workspace.file('policies', 'kisum', 'grant', 'grant.rego'), rule, stricter);
      const { stdout } = await run();
      expect(stdout).to.match(/^after {3}the working tree, compiled just now: revision /m);
      expect(stdout).to.include(
        '- 2 users in 1 company lose finance.expense.view; 0 gain  (allow → permission_missing)',
      );

      const accepted = await run('--accept', '--as', 'max');
      expect([accepted.code, accepted.stderr]).to.deep.equal([0, '']);
      expect(accepted.stdout).to.match(
        /max accepted 2 changes .*: policies\/accepted\.json\nnext: .*policy build/,
      );
      const kept = JSON.parse(
        readFileSync(workspace.file('policies', 'accepted.json'), 'utf8'),
      ) as AcceptedDiff;
      const change = { from: 'allow', to: 'permission_missing', count: 2 };
      expect([kept.acceptedBy, kept.changes]).to.deep.equal([
        'max',
        [
          { route: 'finance.expense.get', ...change },
          { route: 'finance.expense.list', ...change },
        ],
      ]);

      expect((await workspace.run(['policy', 'build']).ended).code).to.equal(0);
      const built = await loadBundle(workspace.file('policies', 'bundle', 'bundle.tar.gz'));
      expect([built.revision, built.manifest.metadata.kisum.accepted]).to.deep.equal([kept.to, kept]);

      commit('Nobody sees expenses');
      expect((await run()).stdout).to.include('Nobody loses or gains anything');
      const back = (await run('HEAD~1', '--policy', 'HEAD', '--json')).stdout;
      expect(dataOf({ stdout: back } as Ended)['changes']).to.have.length(2);
    });

    it('says that a commit is older than bundles: exit 4', async () => {
      git('rm', '--quiet', '--cached', 'policies/bundle/bundle.tar.gz');
      git('commit', '--quiet', '-m', 'Without');
      const { code, stderr } = await run('HEAD');
      expect(stderr).to.match(
        /HEAD \([0-9a-f]{7}\) has no policies\/bundle\/bundle\.tar\.gz: it is older than bundles/,
      );
      expect(code).to.equal(4);
    });
  });
});

/** In this process, with the committed bundle on both sides. */
describe('policy diff', () => {
  const bundle = projectFile('policies', 'bundle');
  let folder: string;
  let snapshot: AccessSnapshot;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kisum-diff-'));
    snapshot = await demoSnapshot();
    writeFileSync(join(folder, 'demo.json'), JSON.stringify(snapshot));
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (options: DiffOptions): Promise<Outcome> =>
    diff(bundle, { policy: bundle, data: join(folder, 'demo.json'), ...options });
  const told = async (options: DiffOptions): Promise<string> =>
    stripVTControlCharacters((await run(options)).text);

  it('tells a change of the price list in people, and ends with 10 where asked to', async () => {
    const change = { with: ['-addon_modules:ai:ai'], limit: '2' };
    const text = await told(change);
    expect(text).to.include('LOCKED OUT\n- 2 users in 2 companies lose ai.analytic.create; 0 gain');
    expect(text).to.match(/… and \d+ more \(--limit, or --json for all\)/);
    expect(text).to.match(
      /MODULES THAT CALL MODULES\n- ai calling GET promoter\.event\.get: allow → module_not/,
    );
    expect(text).to.not.include('LET IN');
    expect((await run(change)).exitCode).to.equal(0);
    expect((await run({ ...change, detailedExitcode: true })).exitCode).to.equal(10);
  });

  it('tells a grant by user, and only of whom it is asked', async () => {
    const grants = { with: ['+grant:ben:acme:ai.*', '-grant:ana:acme:finance'], by: 'user' };
    const both = await told(grants);
    expect(both).to.match(/LOCKED OUT\n- Ana in Acme loses finance\./);
    expect(both).to.match(/LET IN\n\+ Ben in Acme gains ai\./);
    const one = await told({ ...grants, user: 'BEN' });
    expect(one).to.include('Ben in Acme').and.not.include('Ana');
    const asked = await told({ ...grants, permission: 'finance.expense.view', company: 'acme' });
    expect(asked)
      .to.match(/Ana in Acme loses finance\.expense\.view {2}/)
      .and.not.include('Ben');
  });

  it('tells what is opened to anybody', async () => {
    const later = structuredClone(snapshot);
    later.catalog.routes['finance.expense.list'] = { access: 'public', method: 'GET' };
    writeFileSync(join(folder, 'open.json'), JSON.stringify(later));
    const text = await told({ then: join(folder, 'open.json') });
    expect(text).to.match(
      /ANYBODY.*\n\+ whoever asks may now enter finance\.expense\.list \(no_membership → allow\)/,
    );
  });

  it('compares two snapshots', async () => {
    const later = structuredClone(snapshot);
    later.companies.find(({ name }) => name === 'Bluenote')!.subscriptions = [];
    writeFileSync(join(folder, 'later.json'), JSON.stringify({ ...later, catalogVersion: 2 }));
    const text = await told({ then: join(folder, 'later.json'), by: 'company' });
    expect(text).to.match(/^- Bluenote: 1 user loses .*; 0 gain {2}\(allow → no_active_base\)$/m);
    expect(text).to.include('catalog version 2');
  });

  it('gives a program everybody it concerns', async () => {
    const { data } = await run({ with: ['-grant:ben:acme:finance'] });
    const { changes, members } = data as { changes: RouteChange[]; members: Membership[] };
    const lost = changes.filter(({ effect }) => effect === 'loses');
    const ben = { id: 'aaaaaaaa-0000-4000-8000-000000000002', name: 'Ben' };
    expect(lost.map((it) => [it.route, it.members.map((index) => members[index]!.user)])).to.deep.equal([
      ['finance.expense.get', [ben]],
      ['finance.expense.list', [ben]],
    ]);
  });

  it('weighs what changes by how it was used', async () => {
    const log = join(folder, 'decisions.log');
    const events = await decisions(await loadBundle(), snapshot, [
      'finance.expense.list',
      'ai.analytic.list',
    ]);
    const masked = { ...events[0], subject: {} };
    writeLog(log, snapshot, [...events, masked, ...events]);
    const text = await told({ with: ['-grant:ben:acme:finance'], log: [log] });
    expect(text).to.match(
      /^the log holds 25 requests of people, 1 of them of nobody known: used 25 times between 2026-05-03 and/m,
    );
    expect(text).to.match(/1 user in 1 company loses finance\.expense\.view; 0 gain {2}used 2 times between/);
  });

  const refused: [string, DiffOptions, number, RegExp][] = [
    ['a row that is none', { by: 'planet' }, 2, /--by planet is none of permission, module/],
    ['no number', { limit: '0' }, 2, /--limit 0 is no number/],
    ['a nameless person', { user: 'nobody' }, 2, /none of the users in the snapshot/],
    ['an unknown change', { with: ['+grant:ben:acme:finanze'] }, 2, /did you mean finance/],
    ['a missing snapshot', { then: 'nowhere.json' }, 4, /nowhere\.json cannot be read/],
    ['an accepted wish', { accept: true, with: ['+module:ai'] }, 2, /leave out --with and --then/],
    ['an accepted part', { accept: true, user: 'ben' }, 2, /leave out --company/],
    ['nothing to accept', { accept: true }, 4, /both sides are revision/],
    ['a missing bundle', { policy: './nowhere.tar.gz' }, 4, /neither a bundle at/],
  ];
  for (const [what, options, exit, message] of refused) {
    it(`refuses ${what}: exit ${exit}`, async () => {
      const refusal = await run(options).catch((error: Error) => error);
      expect(refusal).to.be.instanceOf(Error);
      expect((refusal as Error).message).to.match(message);
      expect(exitCodeOf(refusal as Error)).to.equal(exit);
    });
  }

  it('refuses what is no snapshot: exit 4', async () => {
    const data = join(folder, 'none.json');
    for (const text of ['', '{}', JSON.stringify({ ...snapshot, companies: [{ id: 'x' }] })]) {
      writeFileSync(data, text);
      const refusal = await run({ data }).catch((error: Error) => error);
      expect((refusal as Error).message, text).to.include('is no access snapshot');
      expect(exitCodeOf(refusal as Error)).to.equal(4);
    }
  });
});
