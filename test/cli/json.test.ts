import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import type { Envelope } from '../../cli/outcome.ts';
import { program } from '../../cli/program/program.ts';
import { projectFile } from '../../policies/root.ts';
import { runCli, runNode, temporaryHome } from '../support/cli.ts';
import type { Command } from 'commander';

/** Full names of the commands that do something. */
function leaves(parent: Command, name = ''): string[] {
  return parent
    .createHelp()
    .visibleCommands(parent)
    .flatMap((command) => {
      const full = `${name} ${command.name()}`.trim();
      return command.commands.length > 0 ? leaves(command, full) : [full];
    });
}

/** Runs command lines one after the other in one process, as the program's main file does. */
const RUNNER = `
  import { program } from ${JSON.stringify(projectFile('cli', 'program', 'program.ts'))};
  import { fail } from ${JSON.stringify(projectFile('cli', 'run.ts'))};
  for (const line of JSON.parse(process.env.LINES)) {
    process.argv = ['node', 'kisum-cli', ...line, '--json'];
    await program().parseAsync(process.argv, { from: 'node' }).catch(fail);
  }`;

async function run(lines: string[][], env: Record<string, string>): Promise<Envelope[]> {
  const args = ['--import', 'tsx', '--input-type=module', '-e', RUNNER];
  const { stdout, stderr } = await runNode(args, { LINES: JSON.stringify(lines), ...env }).ended;
  const documents = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Envelope);
  expect(documents.length, stderr).to.equal(lines.length);
  return documents;
}

describe('--json', function () {
  this.timeout(120_000);
  let home: string;
  before(async () => (home = await temporaryHome()));
  after(() => rm(home, { recursive: true, force: true }));

  it('a failing command gives one document too, whichever it is', async () => {
    const names = leaves(program());
    expect(names.length).to.be.greaterThan(25);
    const documents = await run(
      names.map((name) => [...name.split(' '), '--no-such-flag']),
      { KISUM_HOME: home },
    );
    for (const [i, { schema, ok, exitCode, errors }] of documents.entries()) {
      expect({ schema, ok, exitCode }, names[i]).to.deep.equal({
        schema: 'kisum.cli/v1',
        ok: false,
        exitCode: 2,
      });
      expect(errors[0]!.message, names[i]).to.include('--no-such-flag');
    }
  });

  const ID = '55555555-5555-4555-8555-555555555555';
  const turns: [string[], number][] = [
    [['catalog', 'apply', '--yes'], 0],
    [['company', 'create', 'Nova', '--id', ID], 0],
    [['company', 'create', 'Nova', '--id', 'x'], 2],
    [['company', 'list'], 0],
    [['company', 'show', 'nova'], 0],
    [['company', 'show', 'nobody'], 2],
    [['user', 'create'], 2],
    [['user', 'create', 'Nia', '--email', 'nia@nova.example'], 0],
    [['user', 'create', 'Neo', '--email', 'nia@nova.example'], 3],
    [['user', 'list'], 0],
    [['user', 'show', 'nia'], 0],
    [['grant', 'nia', 'nova', 'finance'], 3],
    [['user', 'add', 'nia', 'nova'], 0],
    [['entitle', 'nova', 'basic_venue', '--trial'], 0],
    [['entitle', 'nova', 'basic_vendor'], 3],
    [['entitle', 'nova', 'ai', '--until', 'never'], 2],
    [['grant', 'nia', 'nova', 'finance', '--all'], 0],
    [['revoke', 'nia', 'nova', 'finance.*'], 0],
    [['access', 'nia', 'nova'], 0],
    [['unentitle', 'nova', 'basic_venue'], 0],
    [['token', '--user', 'nia'], 0],
    [['whoami'], 2],
    [['whoami', '--token', 'nonsense'], 1],
    [['user', 'revoke-tokens', 'nia'], 0],
    [['user', 'remove', 'nia', 'nova'], 0],
    [['history', '--user', 'nia'], 0],
    [['history', '--limit', '0'], 2],
    [['completion', 'zsh'], 0],
    [['version'], 0],
    [['dev', 'nothing'], 2],
    [['reset'], 0],
  ];

  it('every command on people and what runs gives its data, or its error', async () => {
    const documents = await run(
      turns.map(([line]) => line),
      { KISUM_HOME: home },
    );
    for (const [i, document] of documents.entries()) {
      const [line, exit] = turns[i]!;
      const told = `${line.join(' ')}: ${document.errors[0]?.message}`;
      expect(document.exitCode, told).to.equal(exit);
      expect(document.ok, told).to.equal(exit === 0);
      expect(document.errors, told).to.have.length(exit === 0 ? 0 : 1);
      expect(document.command, told).to.equal(commandIn(line));
    }
  });

  /** Its words up to the first argument; a group's second word belongs to it. */
  function commandIn(line: string[]): string {
    const names = leaves(program());
    return names
      .filter((name) => `${line.join(' ')} `.startsWith(`${name} `))
      .sort()
      .at(-1)!;
  }

  it('stands alone on stdout, whatever the colour and the terminal', async () => {
    const { stdout } = await runCli(['company', 'list', '--json'], { KISUM_HOME: home, FORCE_COLOR: '1' })
      .ended;
    expect(stdout.trim().split('\n')).to.have.length(1);
    expect((JSON.parse(stdout) as Envelope).data).to.deep.equal([]);
  });
});
