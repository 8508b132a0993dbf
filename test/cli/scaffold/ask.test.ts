import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { expect } from 'chai';
import { projectFile } from '../../../policies/root.ts';

const QUESTIONS: [question: string, answer: string][] = [
  ['Its key', 'admin'],
  ['a word of the platform', '\u0015market'],
  ['Its name, as people read it', 'Market'],
  ['The team that answers for it', 'team-market'],
  ['What it is for', 'Deals.'],
  // What stands above it begins alike; before the prompt itself nobody reads what is typed.
  ['An entity\r\n', 'deal:amount='],
  ['is no type', '\u0015deal:amount=money'],
  ['Another one', ''],
  ['What it must never do', 'move money'],
];

let terminal: ChildProcess | undefined;

/** What a person sees and types on a terminal of their own: each answer once its question stands there. */
async function onTerminal(command: string, answers: [string, string][], env: object): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const line = `stty cols 200 rows 50; ${command}; echo "ended with $?"`;
  const child = spawn('script', ['--quiet', '--command', line, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm', ...env },
    cwd: projectFile(),
  });
  terminal = child;
  const waiting = [...answers];
  let seen = '';
  let from = 0;
  for await (const chunk of child.stdout) {
    seen += String(chunk);
    // The terminal itself stays open as long as someone could type.
    if (/ended with \d/.test(seen)) break;
    const [question, answer] = waiting[0] ?? [];
    if (question === undefined || !seen.slice(from).includes(question)) continue;
    waiting.shift();
    from = seen.length;
    child.stdin.write(`${answer}\r`);
  }
  expect(waiting, seen).to.deep.equal([]);
  return seen;
}

describe('kisum-cli new module on a terminal', function () {
  this.timeout(60_000);
  const command = `${process.execPath} ${projectFile('cli', 'kisum-cli.js')} new module --dry-run`;

  before(function () {
    if (spawnSync('script', ['--version']).stdout?.includes('util-linux')) return;
    process.stderr.write('\n      NOT EXAMINED on a terminal: script (util-linux) is not here\n');
    this.skip();
  });

  afterEach(() => terminal?.kill('SIGKILL'));

  it('asks for what is missing, and again where an answer cannot be', async () => {
    const seen = await onTerminal(command, QUESTIONS, {});
    expect(seen).to.match(/\+ {2}key: market[^]*\+ {4}- move money[^]*ended with 0/);
  });

  it('asks for nothing that was said', async () => {
    const said = `${command} market --title Market --owner team-market --entity deal --must-not never`;
    const seen = await onTerminal(said, [['What it is for', 'Deals.']], {});
    expect(seen).to.match(/\+ {2}purpose: Deals\.[^]*ended with 0/);
  });

  it('makes nothing after Ctrl-C: exit 130', async () => {
    const seen = await onTerminal(command, [['Its key', '\u0003']], {});
    expect(seen).to.match(/nothing was made[^]*ended with 130/);
  });

  const silent: [string, string, object][] = [
    ['--no-input', `${command} --no-input`, {}],
    ['CI', command, { CI: 'true' }],
  ];
  for (const [what, silently, env] of silent) {
    it(`asks nothing under ${what}: exit 2`, async () => {
      expect(await onTerminal(silently, [], env)).to.match(/missing: <key>, --title[^]*ended with 2/);
    });
  }
});
