import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkUrl } from '../../../../cli/conformance/runtime/check.ts';
import { projectFile } from '../../../../policies/root.ts';
import { runCli } from '../../../support/cli.ts';

const FOLDER = projectFile('test', 'fixtures', 'foreign-module');
const MANIFEST = join(FOLDER, 'module.yaml');

describe('a module in another language', function () {
  this.timeout(300_000);
  let folder: string;
  let program: string;

  before('go build', async function () {
    folder = await mkdtemp(join(tmpdir(), 'kisum-foreign-'));
    program = join(folder, 'ticketing');
    const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: FOLDER, encoding: 'utf8' });
    if (built.error && process.env['KISUM_OPA_REQUIRED'] !== '1') {
      process.stderr.write('\n      NOT EXAMINED, no Go at hand (KISUM_OPA_REQUIRED=1 fails instead)\n');
      this.skip();
    }
    expect(built.status, built.error?.message ?? built.stderr).to.equal(0);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('conforms, as far as can be seen from outside', async () => {
    const { findings, examined, notExamined } = await checkUrl({ manifest: MANIFEST, command: [program] });
    expect(findings).to.deep.equal([]);
    expect(examined).to.include({ modules: 1, routes: 5 });
    expect(notExamined.map(({ what }) => what)).to.deep.equal([
      'KSM-P18 service ticketing',
      'KSM-P18 service ticketing',
    ]);
  });

  const faults: [fault: string, rule: string][] = [
    ['trust-claims', 'KSM-P07'],
    ['open-on-503', 'KSM-P09'],
    ['no-tenant', 'KSM-P13'],
    ['no-units', 'KSM-P21'],
  ];
  for (const [fault, rule] of faults) {
    it(`is found out by ${rule} when its fault is ${fault}`, async () => {
      const command = [program, `--fault=${fault}`];
      const { findings } = await checkUrl({ manifest: MANIFEST, command, rules: [rule] });
      expect(findings.map((finding) => finding.rule)).to.include(rule);
    });
  }

  it('is checked by one command, which says what to do next', async () => {
    const args = ['check', '--manifest', MANIFEST, '--rule', 'KSM-P07', '--json', '--', program];
    const right = await runCli(args).ended;
    expect(right.code, right.stderr).to.equal(0);
    const wrong = await runCli([...args, '--fault=trust-claims']).ended;
    expect(wrong.code).to.equal(1);
    const { findings } = JSON.parse(wrong.stdout) as { findings: { fix: string }[] };
    expect(findings).to.have.length(5);
    expect(findings[0]?.fix).to.include('curl -i');
  });

  it('must be named in one way, and answer', async () => {
    const neither = await runCli(['check', '--manifest', MANIFEST]).ended;
    expect(neither.code).to.equal(2);
    const away = await runCli([
      'check',
      '--manifest',
      MANIFEST,
      '--url',
      'http://127.0.0.1:1',
      '--auth-port',
      '0',
    ]).ended;
    expect(away.code).to.equal(5);
    expect(away.stderr).to.include('nobody answers at http://127.0.0.1:1');
  });
});
