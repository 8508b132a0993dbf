import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Envelope } from '../../cli/outcome.ts';
import { projectFile } from '../../policies/root.ts';
import { compilePolicies } from '../../policies/workbench/compile.ts';
import type { Proof } from '../../policies/workbench/proof/prove.ts';
import type { Replayed } from '../../policies/workbench/proof/replay.ts';
import { withCompiler } from '../policies/compiler.ts';
import { tinyCatalog } from '../policies/workbench/proof/tiny.ts';
import { runCli, type Ended } from '../support/cli.ts';

describe('kisum-cli policy prove', function () {
  const compiler = withCompiler(this);
  let folder: string;
  let catalog: string;
  let kept: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-prove-'));
    catalog = join(folder, 'catalog.json');
    kept = join(folder, 'kept.json');
    const { routes, ...others } = tinyCatalog();
    const known = Object.entries(routes).filter(([id]) => id !== 'odd.unknown.access');
    await writeFile(catalog, JSON.stringify({ ...others, routes: Object.fromEntries(known) }));
  });
  after(() => folder && rm(folder, { recursive: true }));

  const prove = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    runCli(['policy', 'prove', ...args], { OPA: compiler.opa, ...env }).ended;

  /** The archive of a copy in which one place of one file is another. */
  async function wrongBundle(name: string, file: string, from: string, to: string): Promise<string> {
    const policies = join(folder, name);
    for (const part of ['kisum', 'system', 'capabilities.json']) {
      await cp(projectFile('policies', part), join(policies, part), { recursive: true });
    }
    const right = await readFile(join(policies, file), 'utf8');
    expect(right).to.include(from);
    await writeFile(join(policies, file), right.replace(from, to));
    const archive = join(folder, `${name}.tar.gz`);
    await writeFile(archive, await compilePolicies(policies, { opa: compiler.opa }));
    return archive;
  }

  it('holds the shipped policy against every invariant, with progress beside the answer', async () => {
    const { code, stdout, stderr } = await prove(['--quick']);
    expect(stdout).to.match(/^holds +nothing without an active base +[\d,]+ cells$/m);
    expect(stdout).to.not.include('BROKEN');
    expect(stdout).to.match(/^catalogs {3}the module manifests \(\d+ routes\), a catalog of odd things/m);
    expect(stdout).to.match(
      /checked, not proved: \d+ invariants hold of revision [0-9a-f]{12} on representatives/,
    );
    expect(stderr).to.match(/^prove: [\d,]+ of about [\d,]+ cells$/m);
    expect(code).to.equal(0);
  });

  it('tells a counterexample as a story, keeps it, and asks it again', async () => {
    const bundle = await wrongBundle(
      'open_hall',
      'kisum/grant/grant.rego',
      'default module := false',
      'default module := false\n\nmodule if subject.module == "hall"',
    );
    const { code, stdout, stderr } = await prove(['--quick', '--catalog', catalog, '--out', kept], {
      POLICY_BUNDLE: bundle,
    });
    expect(code, stderr).to.equal(1);
    expect(stdout).to.match(/^BROKEN +nothing outside the grant +[\d,]+ of [\d,]+ cells$/m);
    const story = stdout.slice(stdout.indexOf('broken: nothing outside the grant'));
    expect(story).to.match(/^ {2}who {6}a person, active member, granted modules: .+; permissions: .+$/m);
    expect(story).to.match(/^ {2}company {2}packages: basic_hall \(active\); add-ons: none$/m);
    expect(story).to.match(/^ {2}asked {4}hall\.room\.list$/m);
    expect(story).to.match(/^ {2}answer {3}.*"allow":true/m);
    expect(story).to.include(`kept in ${kept}: kisum-cli policy prove --replay ${kept}`);
    expect(story).to.match(/^refuted: revision [0-9a-f]{12} breaks \d+ of \d+ invariants$/m);

    const again = await prove(['--catalog', catalog, '--replay', kept, '--json'], { POLICY_BUNDLE: bundle });
    expect(again.code).to.equal(1);
    const replayed = (JSON.parse(again.stdout) as Envelope).data as Replayed[];
    const broken = replayed.flatMap(({ laws }) => laws.filter(({ holds }) => !holds).map(({ law }) => law));
    expect(broken).to.include('nothing outside the grant');

    const right = await prove(['--catalog', catalog, '--replay', kept]);
    expect(right.code, right.stdout).to.equal(0);
    expect(right.stdout).to.match(
      /^kisum\/decision\/decision {2}\{"allow":false,"reason":"module_not_granted"\}$/m,
    );
    expect(right.stdout).to.match(/^holds +nothing outside the grant$/m);
  });

  it('does not say proved of rules that read more than the closed schemas', async () => {
    const bundle = await wrongBundle(
      'open',
      'kisum/membership/membership.rego',
      'active if input.access.membership.status == "active"',
      'active if input.access.membership.status == "active"\n\nactive if input.access.membership.founder == true',
    );
    const { code, stdout, stderr } = await prove(['--quick', '--catalog', catalog], {
      POLICY_BUNDLE: bundle,
    });
    expect(stdout, stderr).to.match(
      /^kisum\/membership\/membership\.rego:\d+ input\.access\.membership\.founder is not in the schema$/m,
    );
    expect(stdout).to.include('checked, not proved: the rules read more than the closed schemas (1 places)');
    expect(stdout).to.not.match(/^proved/m);
    expect(code).to.equal(1);
  });

  it('gives one document under --json, and says what was wrong with its use', async () => {
    const { stdout } = await prove(['--quick', '--catalog', catalog, '--workers', '1', '--json']);
    const { ok, data, examined } = JSON.parse(stdout) as Envelope & { data: Proof };
    expect(ok).to.equal(true);
    expect(examined['cells']).to.equal(data.evaluated);
    expect(data.vacuous).to.deep.equal([]);
    expect(
      Object.values(data.byInvariant).every(({ applied, broken }) => applied > 0 && broken === 0),
    ).to.equal(true);

    const wrong: [string[], RegExp][] = [
      [['--workers', 'many'], /--workers takes a number of threads from 0 to 64, not many/],
      [['--catalog', 'nowhere.json'], /--catalog nowhere\.json cannot be read as JSON/],
      [
        ['--catalog', projectFile('package.json')],
        /is no catalog of the policy \(.+\): "kisum-cli policy snapshot/,
      ],
      [
        ['--replay', projectFile('package.json')],
        /holds no question of a proof: keep one with "policy prove --out/,
      ],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await prove(args);
      expect(stderr).to.match(message);
      expect(code, args.join(' ')).to.equal(2);
    }
  });

  it('needs the compiler, and says how to get it', async () => {
    const { code, stderr } = await prove(['--quick'], {
      OPA: '/nowhere',
      PATH: '/nowhere',
      XDG_CACHE_HOME: folder,
    });
    expect(stderr).to.match(/no opa [\d.]+/);
    expect(code).to.equal(4);
  });
});
