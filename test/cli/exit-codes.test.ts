import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { EXIT } from '../../cli/errors.ts';
import { commandsPage } from '../../cli/program/page.ts';
import { program } from '../../cli/program/program.ts';
import { runCli, temporaryHome } from '../support/cli.ts';

/** Nobody listens there. */
const UNREACHABLE = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
const { ok, usage, conflict, precondition, outside } = EXIT;

/** A command line of every group, and how it ends. Findings, pending changes and bugs have tests of their own. */
const ENDS: [code: number, args: string[], says: RegExp, env?: Record<string, string>][] = [
  [ok, ['version'], /^$/],
  [ok, ['catalog', 'validate'], /^$/],
  [ok, ['module', 'status'], /^$/],
  [ok, ['explain', 'KSM-R01'], /^$/],
  [usage, ['new', 'module'], /these are missing: <key>, --title/],
  [usage, ['module', 'status', 'finanse'], /did you mean finance\?/],
  [usage, ['module', 'upgrade'], /say which modules, or --all/],
  [usage, ['module', 'upgrade', 'finance', '--on-conflict', 'guess'], /abort, inline, ours, theirs/],
  [usage, ['check', 'finanse'], /finance/],
  [usage, ['explain', 'KSM-Z99'], /there is no rule KSM-Z99/],
  [usage, ['audit'], /missing required argument 'folder'/],
  [usage, ['catalog', 'aply'], /Did you mean apply\?/],
  [usage, ['dev', 'finanse'], /finance/],
  [usage, ['token'], /--user/],
  [usage, ['policy', 'bild'], /Did you mean build\?/],
  [conflict, ['module', 'rename', 'finance', 'ai'], /is there already/],
  [precondition, ['module', 'upgrade', '--all', '--continue'], /no upgrade was interrupted/],
  [precondition, ['token', '--user', 'ana'], /production/, { NODE_ENV: 'production' }],
  [outside, ['catalog', 'plan'], /does not let us in/, UNREACHABLE],
  [outside, ['company', 'list'], /does not let us in/, UNREACHABLE],
  [outside, ['entitle', 'Acme', 'finance'], /does not let us in/, UNREACHABLE],
  [outside, ['token', '--user', 'ana'], /does not let us in/, UNREACHABLE],
  [outside, ['migrate', '--status'], /does not let us in/, UNREACHABLE],
];

describe('how a command ends', function () {
  this.timeout(60_000);
  let home: string;
  before(async () => (home = await temporaryHome()));
  after(() => rm(home, { recursive: true, force: true }));

  for (const [code, args, says, env = {}] of ENDS) {
    it(`${code}: kisum-cli ${args.join(' ')}${Object.keys(env)
      .map((name) => `, ${name}`)
      .join('')}`, async () => {
      const ended = await runCli(args, { KISUM_HOME: home, NO_COLOR: '1', ...env }).ended;
      expect(ended.code, ended.stderr).to.equal(code);
      expect(ended.stderr).to.match(says);
    });
  }

  it('is documented: every code there is', () => {
    const page = commandsPage(program());
    for (const code of Object.values(EXIT)) expect(page).to.include(`| ${code} |`);
  });
});
