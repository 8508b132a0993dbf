import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { crowd } from '../../bench/crowd.ts';
import type { Envelope } from '../../cli/outcome.ts';
import type { Review } from '../../policies/workbench/watch/shape.ts';
import { withTools } from '../policies/compiler.ts';
import type { Running } from '../support/cli.ts';
import { openWorkspace, type Workspace } from '../support/workspace.ts';

const GRANT = 'policies/kisum/grant/grant.rego';
const GRANT_TEST = 'policies/kisum/grant/grant_test.rego';

describe('kisum-cli policy', function () {
  const tools = withTools(this, ['opa', 'regal']);
  let workspace: Workspace;
  before(() => (workspace = openWorkspace()));
  after(() => workspace.remove());

  const run = (args: string[], env: Record<string, string> = {}) =>
    workspace.run(['policy', ...args], { OPA: tools.opa, REGAL: tools.regal, NO_COLOR: '1', ...env });
  const read = (file: string) => readFileSync(workspace.file(file), 'utf8');
  const write = (file: string, text: string) => writeFileSync(workspace.file(file), text);
  const edit = (file: string, from: string, to: string) => {
    expect(read(file)).to.include(from);
    write(file, read(file).replace(from, to));
  };

  /** While the work lasts, a file says something else. */
  async function changed(file: string, from: string, to: string, work: () => Promise<void>): Promise<void> {
    const before = read(file);
    edit(file, from, to);
    await work().finally(() => write(file, before));
  }

  it('holds here in every command that only looks: exit 0', async () => {
    const ends = [['check'], ['lint']].map(async (args) => {
      const { code, stdout, stderr } = await run([...args, '--json']).ended;
      expect(code, `${args.join(' ')}: ${stdout}${stderr}`).to.equal(0);
      const { examined, findings } = JSON.parse(stdout) as Envelope;
      expect(findings).to.deep.equal([]);
      expect(Math.min(...Object.values(examined)), args.join(' ')).to.be.greaterThan(10);
    });
    await Promise.all(ends);
  });

  it('test counts what it ran, of what was named', async () => {
    const { code, stdout } = await run(['test', 'policies/kisum/grant/', 'kisum.route', '--json']).ended;
    expect(code).to.equal(0);
    const { examined, data } = JSON.parse(stdout) as Envelope;
    const { tests } = data as { tests: { package: string }[] };
    expect(examined).to.deep.equal({ packages: 2, tests: tests.length });
    expect(new Set(tests.map((test) => test.package))).to.deep.equal(new Set(['kisum.grant', 'kisum.route']));
  });

  const misused: [string[], RegExp][] = [
    [['test', 'kisum.grnt'], /there is no package kisum\.grnt \(did you mean kisum\.grant\?\)/],
    [['test', '--run', '('], /--run \( is not a regular expression/],
    [['coverage', '--threshold', 'all'], /--threshold all is not a percentage/],
    [['watch', '--once', '--data', 'nowhere.json'], /--data nowhere\.json cannot be read/],
    [['watch', '--json'], /say --once beside --json/],
  ];
  for (const [args, says] of misused)
    it(`${args.join(' ')}: exit 2`, async () => {
      const { code, stderr, stdout } = await run(args).ended;
      expect(code).to.equal(2);
      expect(stderr + stdout).to.match(says);
    });

  it('a pattern that no test matches has tested nothing: exit 4', async () => {
    const { code, stdout } = await run(['test', '--run', 'no_such_test']).ended;
    expect(code).to.equal(4);
    expect(stdout).to.include('Nothing passes that was not examined');
  });

  it('what a tool finds is exit 1, in every format, with its place', async () => {
    await changed(GRANT, 'default module := false', '# TODO: later\ndefault   module := false', async () => {
      const line = read(GRANT).split('\n').indexOf('# TODO: later') + 1;
      const ends = await Promise.all(
        [
          ['lint', '--format', 'github'],
          ['fmt', '--check'],
          ['check', '--format', 'sarif'],
        ].map((args) => run(args).ended),
      );
      expect(ends.map(({ code }) => code)).to.deep.equal([1, 1, 1]);
      const [github, fmt, sarif] = ends.map(({ stdout }) => stdout);
      expect(github).to.include(`::error file=${GRANT},line=${line},`);
      expect(fmt).to.match(new RegExp(`${line + 1} +error {2}opa/fmt`));
      for (const rule of ['opa/fmt', 'regal/style/todo-comment'])
        expect(sarif).to.include(`"ruleId": "${rule}"`);
    });
  });

  it('fmt writes what it would find: exit 0, and then nothing is left', async () => {
    const before = read(GRANT);
    edit(GRANT, 'default module := false', 'default   module := false');
    const { code, stdout } = await run(['fmt']).ended;
    expect(code).to.equal(0);
    expect(stdout).to.match(new RegExp(`^${GRANT}\n\\d+ files, 1 written\n$`));
    expect(read(GRANT)).to.equal(before);
  });

  it('a test that fails is exit 1 for test and coverage, with file and line', async () => {
    await changed(GRANT, 'default module := false', 'default module := true', async () => {
      const ends = await Promise.all([['test'], ['coverage']].map((args) => run(args).ended));
      for (const { code, stdout } of ends) {
        expect(code).to.equal(1);
        expect(stdout).to.match(
          /policies\/kisum\/grant\/grant_test\.rego\n +\d+ +error {2}opa\/test {2}test_not_granted/,
        );
      }
    });
  });

  it('coverage below the threshold is exit 1 with the lines', async () => {
    const more = '\nlater if {\n\tinput.caller == null\n}\n\n_last := 1';
    await changed(GRANT, '\nmodule if', `${more}\n\nmodule if`, async () => {
      const { code, stdout } = await run(['coverage', '--threshold', '100']).ended;
      expect(code).to.equal(1);
      expect(stdout).to.match(new RegExp(`^\\d+\\.\\d % +${GRANT} +not reached: \\d+–\\d+`, 'm'));
      expect((await run(['coverage', '--threshold', '90']).ended).code).to.equal(0);
    });
  });

  describe('without a tool', () => {
    const nowhere = () => ({
      OPA: '',
      REGAL: '',
      PATH: '',
      XDG_CACHE_HOME: workspace.file('no-cache'),
    });

    for (const args of [['check'], ['test'], ['fmt'], ['watch', '--once']])
      it(`${args.join(' ')} says how to get opa: exit 4`, async () => {
        const { code, stderr } = await run(args, nowhere()).ended;
        expect(code).to.equal(4);
        expect(stderr).to.match(/no opa [\d.]+, which compiles and tests the policies:/);
        expect(stderr).to.match(/Install opa [\d.]+ and put it on PATH or name it in OPA, or install Go/);
      });

    it('lint says how to get regal: exit 4', async () => {
      const { code, stderr } = await run(['lint'], { ...nowhere(), OPA: tools.opa }).ended;
      expect(code).to.equal(4);
      expect(stderr).to.match(/no regal [\d.]+, which lints the policies:[^]*Install regal/);
    });
  });

  describe('watch', () => {
    let snapshot: string;
    before(() => {
      mkdirSync(workspace.file('home'), { recursive: true });
      snapshot = workspace.file('home', 'snapshot.json');
      writeFileSync(snapshot, JSON.stringify(crowd({ companies: 3, members: 4, entities: 1 }, 1)));
    });

    it('--once looks, tells and ends: 0, and 1 with what does not hold', async () => {
      const looked = await run(['watch', '--once', '--data', snapshot]).ended;
      expect(looked.code, looked.stdout + looked.stderr).to.equal(0);
      expect(looked.stdout).to.match(/^differs +nothing, from the committed bundle$/m);
      // A test alone touches no question, so that nothing is proved, and still it must be as it should be.
      await changed(GRANT_TEST, 'test_granted if', 'test_granted  if', async () => {
        const { code, stdout } = await run(['watch', '--once', '--data', snapshot, '--json']).ended;
        expect(code).to.equal(1);
        const { steps, touched } = (JSON.parse(stdout) as { data: Pick<Review, 'steps' | 'touched'> }).data;
        expect(touched!.files).to.deep.equal([]);
        expect(steps.format.findings[0]).to.include({ file: GRANT_TEST, rule: 'opa/fmt' });
        expect(steps.prove.state).to.equal('skipped');
      });
    });

    it('looks again at every save, through a fault and back', async () => {
      const before = read(GRANT);
      const watching = run(['watch', '--data', snapshot]);
      try {
        expect(await looks(watching, 1)).to.match(/^differs +nothing/m);
        edit(GRANT, 'if permission in input.access.permissions', 'if is_string(permission)');
        const opened = await looks(watching, 2);
        expect(opened).to.match(/^saved +kisum\/grant\/grant\.rego$/m);
        expect(opened).to.match(/^touches +kisum\.grant, and with it .*kisum\.decision/m);
        expect(opened).to.match(/^answers +decision, .* on \d+ routes$/m);
        expect(opened).to.match(/^ +broken: /m);
        expect(opened).to.match(/\d+ users? in \d+ compan.* gain/);
        edit(GRANT, 'default module := false', 'default module := := false');
        expect(await looks(watching, 3)).to.match(
          new RegExp(`${GRANT}:\\d+:\\d+ +opa/check +unexpected assign`),
        );
        write(GRANT, before);
        expect(await looks(watching, 4)).to.match(/^holds/m);
      } finally {
        write(GRANT, before);
        watching.child.kill('SIGINT');
        await watching.ended;
      }
    });
  });

  /** What the nth look said, once it has come to its end. */
  function looks({ child, output, ended }: Running, nth: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const read = () => {
        const told = output().split('waiting for a save');
        if (told.length > nth) resolve(told[nth - 1]!);
      };
      child.stdout!.on('data', () => setImmediate(read));
      void ended.then(({ code }) => reject(new Error(`ended with ${code}:\n${output()}`)));
      read();
    });
  }
});
