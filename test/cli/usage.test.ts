import { expect } from 'chai';
import { runCli, temporaryHome } from '../support/cli.ts';

describe('kisum-cli', () => {
  it('--help lists the commands and exits 0', async () => {
    const { code, stdout } = await runCli(['--help']).ended;
    expect(code).to.equal(0);
    for (const command of ['start', 'reset', 'migrate', 'token', 'keys', 'policy'])
      expect(stdout).to.include(command);
  });

  const wrong: [string, string[], RegExp][] = [
    ['an unknown command, with the nearest one', ['tokn'], /unknown command 'tokn'[^]*Did you mean token/],
    ['an unknown option', ['token', '--usr', 'ana'], /unknown option '--usr'[^]*Did you mean --user/],
    ['a missing option', ['token'], /--user/],
  ];
  for (const [what, args, message] of wrong) {
    it(`${what}: exit 2`, async () => {
      const { code, stderr } = await runCli(args).ended;
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
    });
  }

  const refused: [string, string[]][] = [
    ['start', ['start']],
    ['token', ['token', '--user', 'ana']],
  ];
  for (const [what, args] of refused) {
    it(`${what} refuses production: exit 4`, async () => {
      const env = { NODE_ENV: 'production', KISUM_HOME: await temporaryHome() };
      const { code, stdout } = await runCli(args, env).ended;
      expect(code).to.equal(4);
      expect(stdout).to.equal('');
    });
  }
});
