import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadParser, type Parser } from '../../../../cli/conformance/parser.ts';
import { selected } from '../../../../cli/conformance/select.ts';
import { checkStatic } from '../../../../cli/conformance/static/check.ts';
import { moduleFolders, named } from '../../../../cli/conformance/static/read/folders.ts';
import { STATIC_RULES } from '../../../../cli/conformance/static/rules.ts';
import type { CliError } from '../../../../cli/errors.ts';
import { report } from '../../../../cli/conformance/report.ts';
import { projectFile } from '../../../../policies/root.ts';

const FINANCE = join('modules', 'addons', 'finance');

describe('the static check', () => {
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'kisum-check-'))));
  afterEach(() => rm(root, { recursive: true }));

  const check = async (...keys: string[]) => {
    const all = moduleFolders(root);
    return checkStatic(named(all, keys), all, STATIC_RULES);
  };
  const copyFinance = () => cp(projectFile(FINANCE), join(root, FINANCE), { recursive: true });
  const found = async () => (await check('finance')).findings.filter(({ rule }) => rule === 'KSM-M06');

  it('never passes an empty tree', async () => {
    const { findings, examined } = await check();
    const { exitCode } = report('pretty', {
      title: 'check',
      findings,
      rules: STATIC_RULES,
      modules: [],
      examined,
    });
    expect(exitCode).to.equal(4);
  });

  it('never passes a folder without files', async () => {
    await mkdir(join(root, FINANCE), { recursive: true });
    const { findings, examined } = await check();
    expect(findings.map(({ rule }) => rule)).to.include('KSM-M01');
    expect(examined).to.include({ modules: 1, files: 0, routes: 0 });
  });

  it('finds no error in the modules of this project, and reads each of their files', async () => {
    const folders = moduleFolders(projectFile());
    const { findings, examined } = await checkStatic(folders, folders, STATIC_RULES);
    expect(findings.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
    const counted = await Promise.all(
      ['modules/base', 'modules/addons', 'systems'].map(async (room) => {
        const entries = await readdir(projectFile(room), { recursive: true, withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).length;
      }),
    );
    const apart = folders.flatMap(({ files }) => [...files.keys()].filter((file) => file.startsWith('..')));
    expect(examined['files']).to.equal(counted.reduce((sum, count) => sum + count, 0) + apart.length);
    expect(examined['modules']).to.equal(folders.length).and.be.greaterThan(8);
    expect(examined['statements']).to.be.greaterThan(50);
  });

  it('does not count a file with a syntax error, and says where it is', async () => {
    await copyFinance();
    const before = (await check('finance')).examined['files']!;
    await writeFile(join(root, FINANCE, 'broken.ts'), 'export const a = 1;\nexport const = 2;\n');
    const { findings, examined } = await check('finance');
    expect(examined['files']).to.equal(before);
    expect(findings.find(({ rule }) => rule === 'KSM-M06')).to.include({
      file: 'modules/addons/finance/broken.ts',
      line: 2,
      col: 14,
    });
  });

  it('follows no link out of a module', async () => {
    await copyFinance();
    expect(await found()).to.deep.equal([]);
    await symlink(projectFile('gateway', 'config.ts'), join(root, FINANCE, 'config.ts'));
    expect((await found()).map(({ message }) => message)).to.deep.equal(['config.ts is no plain file']);
  });

  it('finds where a manifest is wrong', async () => {
    await mkdir(join(root, FINANCE), { recursive: true });
    await writeFile(join(root, FINANCE, 'module.yaml'), 'apiVersion: kisum.dev/v1\nkind: Modul\n');
    const { findings } = await check();
    expect(findings.find(({ message }) => message.includes('kind'))).to.include({
      rule: 'KSM-M01',
      line: 2,
      col: 1,
    });
  });

  it('names the nearest of an unknown key', async () => {
    await copyFinance();
    expect(() => named(moduleFolders(root), ['finanse'])).to.throw('did you mean finance?');
  });
});

describe('the choice of rules', () => {
  it('keeps the rule that says what could not be read', () => {
    const ids = selected(STATIC_RULES, { rule: ['ksm-r01'], skip: ['KSM-M06'] }).map(({ id }) => id);
    expect(ids).to.deep.equal(['KSM-M06', 'KSM-R01']);
  });

  it('leaves out what is skipped', () => {
    const ids = selected(STATIC_RULES, { skip: ['KSM-R01'] }).map(({ id }) => id);
    expect(ids)
      .to.have.length(STATIC_RULES.length - 1)
      .and.not.include('KSM-R01');
  });

  it('refuses an unknown rule with the nearest, and a choice of none', () => {
    expect(() => selected(STATIC_RULES, { rule: ['KSM-R99'] })).to.throw(
      /no rule KSM-R99 \(did you mean KSM-R0/,
    );
    expect(() => selected(STATIC_RULES, { rule: ['KSM-R01'], skip: ['KSM-R01'] })).to.throw('leave no rule');
    expect(() => selected(STATIC_RULES, { rule: ['KSM-R01'] }, ['runtime'])).to.throw('leave no rule');
  });
});

describe('the parser of sources', () => {
  const refused = async (load: () => Promise<{ default: Parser }>) =>
    loadParser(load).then(
      () => undefined,
      (error: CliError) => error,
    );

  it('says what to install when there is none', async () => {
    const error = await refused(() => Promise.reject(new Error("Cannot find package 'typescript'")));
    expect(error).to.include({ exitCode: 4 });
    expect(error?.message).to.include('npm ci');
  });

  it('refuses a version that holds none', async () => {
    const error = await refused(() =>
      Promise.resolve({ default: { version: '7.0.1' } as unknown as Parser }),
    );
    expect(error).to.include({ exitCode: 4 });
    expect(error?.message).to.include('TypeScript 7.0.1');
  });
});
