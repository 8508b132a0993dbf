import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { audit as command, type AuditOptions } from '../../../cli/commands/audit.ts';
import type { CliError } from '../../../cli/errors.ts';
import type { Envelope, Finding } from '../../../cli/outcome.ts';
import { SOURCE_RULES } from '../../../cli/conformance/audit/rules.ts';
import { runCli } from '../../support/cli.ts';
import { validSarif } from './sarif-schema.ts';

const LEGACY = 'test/fixtures/legacy-finance';
const FAULT = `import jwt from 'jsonwebtoken';\n`;

const empty = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), 'kisum-audit-')));

async function folderOf(files: Record<string, string | Buffer>): Promise<string> {
  const folder = join(await empty(), 'finance');
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** A copy, for tests that mend it. */
async function legacy(): Promise<string> {
  const folder = join(await empty(), 'finance');
  await cp(LEGACY, folder, { recursive: true });
  return folder;
}

interface Data {
  migration: { title: string; count: number; files: string[] }[];
  notExamined: { what: string; why: string }[];
  known: number;
}

/** The command itself; what only its process shows is asked of {@link runCli}. */
async function audit(folder: string, options: AuditOptions = {}) {
  const { exitCode, data, findings = [], examined = {} } = await command(folder, options);
  return { exitCode, data: data as Data, findings, examined, rules: rulesOf(findings) };
}

/** What it refuses to do at all. */
const refusal = (folder: string, options: AuditOptions) =>
  command(folder, options).then(
    () => expect.fail('not refused'),
    (error: unknown) => error as CliError,
  );

const rulesOf = (findings: Finding[]) => [...new Set(findings.map(({ rule }) => rule))].sort();

/** Root reads everything, so it becomes somebody else for a moment. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('kisum-cli audit', () => {
  it('finds every kind of fault in the legacy Finance, and orders the migration: exit 1', async () => {
    const { exitCode, rules, data } = await audit(LEGACY);
    expect(exitCode).to.equal(1);
    expect(rules).to.deep.equal(SOURCE_RULES.map(({ id }) => id).sort());
    expect(data.migration.map(({ title }) => title)).to.deep.equal([
      'token checks',
      'roles, permissions and claims',
      'the company of a request',
      'questions to Core and Auth, entitlements',
      'local users, roles and logins',
      'data of other modules',
      'secrets in logs',
    ]);
    expect(data.migration[0]).to.deep.include({ count: 5, files: ['report/main.go', 'src/auth.ts'] });
  });

  it('finds nothing in the Finance of today: exit 0', async () => {
    const { exitCode, findings, examined } = await audit('modules/addons/finance');
    expect(findings).to.deep.equal([]);
    expect(examined['files']).to.be.greaterThan(3);
    expect(exitCode).to.equal(0);
  });

  it('prints the same from either name of the folder, in every format, and no absolute path', async () => {
    for (const format of ['pretty', 'sarif', 'junit', 'github']) {
      const { text } = await command(LEGACY, { format });
      expect((await command(join(process.cwd(), LEGACY), { format })).text, format).to.equal(text);
      expect(text, format).to.include(`${LEGACY}/src/auth.ts`);
      expect(text, format).to.not.include(process.cwd());
    }
  });

  it('writes SARIF that a scanner takes', async () => {
    const { code, stdout } = await runCli(['audit', LEGACY, '--format', 'sarif']).ended;
    expect(validSarif(JSON.parse(stdout))).to.deep.equal([]);
    expect(code).to.equal(1);
  });

  it('--format json is --json', async () => {
    const documents = [['--format', 'json'], ['--format=json'], ['--json']].map(async (options) => {
      const { code, stdout } = await runCli(['audit', LEGACY, ...options]).ended;
      return { ...(JSON.parse(stdout) as Envelope), durationMs: 0, code };
    });
    const [one, two, plain] = await Promise.all(documents);
    expect(one).to.deep.equal(plain);
    expect(two).to.deep.equal(plain);
    expect(plain).to.include({ command: 'audit', code: 1, exitCode: 1, ok: false });
  });
});

describe('kisum-cli audit names what it did not examine:', () => {
  it('binaries, large files, links, what is no file, other languages, dependencies', async () => {
    const outside = await folderOf({ 'secret.ts': FAULT });
    const folder = await folderOf({
      'ok.ts': 'export {};',
      'binary.ts': Buffer.from([0x61, 0, 0x62]),
      'huge.ts': `${FAULT}${' '.repeat(1024 * 1024)}`,
      'main.py': 'import jwt',
    });
    await mkdir(join(folder, 'node_modules', 'x'), { recursive: true });
    await symlink(join(outside, 'secret.ts'), join(folder, 'away.ts'));
    await symlink(join(folder, 'ok.ts'), join(folder, 'within.ts'));
    await symlink(join(folder, 'nowhere'), join(folder, 'broken.ts'));
    execFileSync('mkfifo', [join(folder, 'pipe.ts')]);

    const { exitCode, data, examined } = await audit(folder);
    expect(data.notExamined).to.deep.equal([
      { what: 'away.ts', why: 'a link out of the folder' },
      { what: 'binary.ts', why: 'binary' },
      { what: 'broken.ts', why: 'cannot be read (ENOENT)' },
      { what: 'huge.ts', why: 'over 1 MB' },
      { what: 'node_modules', why: 'not source' },
      { what: 'pipe.ts', why: 'not a regular file' },
      { what: 'within.ts', why: 'a link to ok.ts' },
      { what: '1 *.py', why: 'neither TypeScript, JavaScript, SQL, Prisma nor Go' },
    ]);
    expect(examined['files']).to.equal(1);
    expect(exitCode).to.equal(0);
  });

  it('what no parser follows to its end, and what it reads in part', async () => {
    const deep = `a${'(a'.repeat(20_000)}${')'.repeat(20_000)}`;
    const folder = await folderOf({ 'deep.ts': deep, 'half.ts': `${FAULT}const = (;` });
    const { data, examined, rules } = await audit(folder);
    expect(data.notExamined).to.deep.equal([
      { what: 'deep.ts', why: 'nested too deeply' },
      { what: 'half.ts', why: 'read in part: its syntax is wrong' },
    ]);
    expect(examined['files']).to.equal(1);
    expect(rules).to.deep.equal(['KSM-V01']);
  });

  it('what may not be read', async () => {
    const folder = await folderOf({ 'ok.ts': 'export {};', 'closed.ts': FAULT });
    await audit(folder);
    for (const open of [folder, dirname(folder)]) await chmod(open, 0o755);
    await chmod(join(folder, 'closed.ts'), 0);
    const { data } = await asNobody(() => audit(folder));
    expect(data.notExamined).to.deep.equal([{ what: 'closed.ts', why: 'cannot be read (EACCES)' }]);
  });

  it('everything, and then nothing has passed: exit 4', async () => {
    const { exitCode } = await audit(await folderOf({ 'README.md': 'Finance' }));
    expect(exitCode).to.equal(4);
  });

  it('TypeScript without its parser: exit 4, and what to do', async () => {
    const resolve = `export async function resolve(name, context, next) {
      if (name === 'typescript') throw Object.assign(new Error('no typescript'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    }`;
    const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
    const hook = url(`import { register } from 'node:module'; register(${JSON.stringify(url(resolve))});`);
    const { code, stderr } = await runCli(['audit', LEGACY], { NODE_OPTIONS: `--import=${hook}` }).ended;
    expect(stderr).to.match(/typescript package.*npm ci/);
    expect(code).to.equal(4);
  });
});

describe('the baseline of kisum-cli audit', () => {
  const file = async () => join(await empty(), 'audit.json');

  it('is made once; what it knows fails no more, even where lines moved', async () => {
    const [folder, baseline] = [await legacy(), await file()];
    const made = await audit(folder, { baseline, updateBaseline: true });
    expect(made.exitCode).to.equal(0);
    expect(made.data.known).to.be.greaterThan(20);

    const moved = join(folder, 'src', 'auth.ts');
    await writeFile(moved, `// A line more.\n\n${await readFile(moved, 'utf8')}`);
    const { exitCode, findings, data } = await audit(folder, { baseline });
    expect(findings).to.deep.equal([]);
    expect(data.known).to.equal(made.data.known);
    expect(data.migration).to.have.length(7);
    expect(exitCode).to.equal(0);
  });

  it('does not excuse a new fault, nor a second one like a known one', async () => {
    const [folder, baseline] = [await folderOf({ 'a.ts': FAULT }), await file()];
    await audit(folder, { baseline, updateBaseline: true });
    await writeFile(join(folder, 'a.ts'), FAULT + FAULT);
    const { exitCode, findings } = await audit(folder, { baseline });
    expect(findings.map(({ line }) => line)).to.deep.equal([2]);
    expect(exitCode).to.equal(1);
  });

  it('must shrink when a fault is gone, and then does', async () => {
    const [folder, baseline] = [await folderOf({ 'a.ts': FAULT, 'b.ts': FAULT }), await file()];
    await audit(folder, { baseline, updateBaseline: true });
    await rm(join(folder, 'b.ts'));

    const stale = await audit(folder, { baseline });
    expect(stale.rules).to.deep.equal(['KSM-V15']);
    expect(stale.findings[0]!.fix).to.match(/only shrink: run .*--update-baseline/);
    expect(stale.exitCode).to.equal(1);

    const shrunk = await audit(folder, { baseline, updateBaseline: true });
    expect(shrunk.exitCode).to.equal(0);
    expect((await audit(folder, { baseline })).exitCode).to.equal(0);
  });

  it('never grows: --update-baseline leaves a new fault out, and fails', async () => {
    const [folder, baseline] = [await folderOf({ 'a.ts': FAULT, 'b.ts': FAULT }), await file()];
    await audit(folder, { baseline, updateBaseline: true });
    await rm(join(folder, 'b.ts'));
    await writeFile(join(folder, 'c.ts'), FAULT);

    const { exitCode, findings } = await audit(folder, { baseline, updateBaseline: true });
    expect(findings.map(({ file }) => file)).to.deep.equal(['c.ts']);
    expect(exitCode).to.equal(1);
    expect(await readFile(baseline, 'utf8'))
      .to.include('a.ts')
      .and.not.include('b.ts')
      .and.not.include('c.ts');
  });

  it('keeps what was not examined this time', async () => {
    const [folder, baseline] = [await folderOf({ 'a.ts': FAULT, 'b.ts': '' }), await file()];
    await audit(folder, { baseline, updateBaseline: true });
    await writeFile(join(folder, 'a.ts'), Buffer.from([0]));
    expect((await audit(folder, { baseline })).rules).to.deep.equal([]);
  });

  it('is not made of nothing', async () => {
    const [folder, baseline] = [await folderOf({}), await file()];
    expect((await audit(folder, { baseline, updateBaseline: true })).exitCode).to.equal(4);
    expect(await readFile(baseline, 'utf8').catch(() => 'absent')).to.equal('absent');
  });

  const refused: [string, (baseline: string) => AuditOptions, string | undefined, number][] = [
    ['one that is not there', (baseline) => ({ baseline }), undefined, 4],
    ['one that is none', (baseline) => ({ baseline }), '[]', 2],
    [
      "another module's",
      (baseline) => ({ baseline }),
      '{"schema":"kisum.audit-baseline/v1","module":"ai","known":[]}',
      2,
    ],
    ['an update of none', () => ({ updateBaseline: true }), undefined, 2],
    [
      'a place it cannot be written to',
      (it) => ({ baseline: join(it, 'no', 'x'), updateBaseline: true }),
      undefined,
      4,
    ],
  ];
  for (const [what, options, content, expected] of refused) {
    it(`refuses ${what}: exit ${expected}`, async () => {
      const [folder, baseline] = [await folderOf({ 'a.ts': FAULT }), await file()];
      if (content !== undefined) await writeFile(baseline, content);
      expect((await refusal(folder, options(baseline))).exitCode).to.equal(expected);
    });
  }
});

describe('kisum-cli audit is used wrongly', () => {
  const wrong: [string, string, AuditOptions, RegExp][] = [
    ['with no folder', 'no/such/folder', {}, /no\/such\/folder is no folder/],
    ['with an unknown format', LEGACY, { format: 'xml' }, /--format xml.*pretty\|json\|sarif/],
    ['on a folder that names no module', 'docs', {}, /say which module docs is: --module <key>/],
  ];
  for (const [what, folder, options, message] of wrong) {
    it(`${what}: exit 2`, async () => {
      const { message: said, exitCode } = await refusal(folder, options);
      expect(said).to.match(message);
      expect(exitCode).to.equal(2);
    });
  }
});
