import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect } from 'chai';
import type { Command } from 'commander';
import ts from 'typescript';
import { program } from '../../cli/program/program.ts';
import { projectFile } from '../../policies/root.ts';
import { runCli } from '../support/cli.ts';

/** Every command below this one that help shows, with its full name. */
function commandsOf(parent: Command, name = ''): { name: string; command: Command }[] {
  const shown = parent.createHelp().visibleCommands(parent);
  return shown.flatMap((command) => {
    const full = `${name} ${command.name()}`.trim();
    return [{ name: full, command }, ...commandsOf(command, full)];
  });
}

function helpOf(command: Command): string {
  let text = '';
  const { helpWidth } = command.createHelp();
  expect(helpWidth).to.equal(undefined);
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return text;
}

describe('help', () => {
  const all = commandsOf(program());

  it('fits one screen: 45 lines of 80 columns', () => {
    const lines = helpOf(program()).trimEnd().split('\n');
    expect(lines.length).to.be.within(20, 45);
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
  });

  it('has a description of one line and an example for every command', () => {
    expect(all.length).to.be.greaterThan(25);
    for (const { name, command } of all) {
      expect(command.description(), name).to.match(/^\S.{5,51}$/);
      const example = helpOf(command).split(/^Examples?:$/m)[1];
      expect(example, `an example of ${name}`).to.match(/^ {2}.*kisum-cli .*\S/m);
      expect(example, `an example of ${name}`).to.include(`kisum-cli ${name}`);
    }
  });

  it('knows no two commands by one name', () => {
    const names = all.flatMap(({ name, command }) => [
      name,
      ...command.aliases().map((alias) => name.replace(/\S+$/, alias)),
    ]);
    expect(new Set(names).size).to.equal(names.length);
  });

  it('has no line for "help", which works all the same', async () => {
    for (const { name } of all) expect(name).to.not.match(/\bhelp$/);
    const { code, stdout } = await runCli(['help', 'user', 'add']).ended;
    expect(code).to.equal(0);
    expect(stdout).to.match(/^Usage: kisum-cli user add/);
  });

  const meant: [string, string[], RegExp][] = [
    ['a command', ['usr'], /unknown command 'usr'[^]*Did you mean user\?/],
    ['a nested command', ['user', 'creat'], /unknown command 'creat'[^]*Did you mean create\?/],
    ['a flag of a nested command', ['user', 'add', 'a', 'b', '--rol'], /Did you mean --role\?/],
    ['a value', ['user', 'add', 'a', 'b', '--role', 'BOSS'], /Allowed choices are OWNER, ADMIN, MEMBER/],
  ];
  for (const [what, args, says] of meant)
    it(`says what ${what} may have been meant to be: exit 2`, async () => {
      const { code, stderr } = await runCli(args).ended;
      expect(code).to.equal(2);
      expect(stderr).to.match(says);
    });

  it('a version is told by flag and by command', async () => {
    const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
    for (const args of [['--version'], ['version']])
      expect((await runCli(args).ended).stdout).to.equal(`${version}\n`);
  });
});

/** What a file imports when it is loaded: types and imports inside functions are not. */
function importsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  return source.statements.flatMap((statement) => {
    const loads =
      (ts.isImportDeclaration(statement) &&
        statement.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(statement) && !statement.isTypeOnly);
    const from = loads && statement.moduleSpecifier;
    return from && ts.isStringLiteral(from) ? [from.text] : [];
  });
}

describe('what is loaded before a command is known', () => {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const name of importsOf(file))
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!name.startsWith('node:')) packages.add(name);
  };
  visit(projectFile('cli', 'main.ts'));
  const names = [...files].map((file) => relative(projectFile(), file).split(sep).join('/'));

  it('is commander from outside, and a few bytes of colour', () => {
    expect(packages).to.include('commander');
    for (const name of packages) expect(name).to.be.oneOf(['commander', 'picocolors']);
  });

  it('is the command line itself: no command, no operation, no room of the gateway', () => {
    expect(names).to.include.members(['cli/run.ts', 'cli/program/program.ts', 'cli/program/people.ts']);
    const heavy = names.filter(
      (name) => !/^cli\/|^policies\/root\.ts$/.test(name) || /^cli\/(commands|operations)\//.test(name),
    );
    expect(heavy).to.deep.equal([]);
  });

  it('is small', () => {
    const bytes = [...files].reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).to.be.within(10_000, 80_000);
  });
});
