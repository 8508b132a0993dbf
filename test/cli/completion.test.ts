import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { runCli } from '../support/cli.ts';
import { projectFile } from '../../policies/root.ts';

/** What a shell is offered for what was typed; the last word is the one being typed. */
async function offered(...typed: string[]): Promise<string[]> {
  const { code, stdout } = await runCli(['complete', '--', ...typed]).ended;
  expect(code).to.equal(0);
  return stdout
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith(':'))
    .map((line) => line.split('\t')[0]!);
}

describe('completion', () => {
  const asked: [string, string[], string[]][] = [
    ['commands', ['en'], ['entitle']],
    ['nested commands', ['user', ''], ['create', 'list', 'show', 'add', 'remove', 'revoke-tokens']],
    ['nested commands by their beginning', ['company', 'c'], ['create']],
    ['flags of a nested command', ['user', 'add', '--r'], ['--role']],
    ['values of a flag', ['user', 'add', '--role', ''], ['OWNER', 'ADMIN', 'MEMBER']],
    ['values of a flag by their beginning', ['user', 'add', '--status', 's'], ['suspended']],
    ['values of an argument', ['completion', ''], ['bash', 'zsh', 'fish', 'powershell']],
  ];
  for (const [what, typed, expected] of asked)
    it(`offers ${what}`, async () => expect(await offered(...typed)).to.include.members(expected));

  it('offers neither itself nor the hidden commands', async () => {
    const all = await offered('');
    expect(all).to.include('start');
    for (const hidden of ['complete', 'completion-script', 'help']) expect(all).to.not.include(hidden);
  });

  for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
    it(`has a script for ${shell} that asks this very program`, async () => {
      const { code, stdout } = await runCli(['completion', shell]).ended;
      expect(code).to.equal(0);
      expect(stdout)
        .to.include(projectFile('cli', 'kisum-cli.js'))
        .and.match(/complete[' ]+--/);
    });

  it('has no script for another shell: exit 2', async () => {
    const { code, stderr } = await runCli(['completion', 'tcsh']).ended;
    expect(code).to.equal(2);
    expect(stderr).to.include('Allowed choices are bash, zsh, fish, powershell');
  });

  it('completes in a real bash', async function () {
    if (spawnSync('bash', ['--version']).status !== 0) {
      process.stderr.write('\n      NOT EXAMINED: there is no bash here\n');
      return this.skip();
    }
    const { stdout: script } = await runCli(['completion', 'bash']).ended;
    const typed = `
      COMP_WORDS=(kisum-cli user re) COMP_CWORD=2 COMP_LINE='kisum-cli user re' COMP_POINT=17
      name=$(complete -p kisum-cli | sed -E 's/.*-F ([^ ]+).*/\\1/')
      _get_comp_words_by_ref() { cur=re prev=user words=("\${COMP_WORDS[@]}") cword=2; }
      "$name" && printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `${script}\n${typed}`], { encoding: 'utf8' });
    expect(status, stderr).to.equal(0);
    expect(stdout.split('\n').map((line) => line.trim().split(' ')[0])).to.include.members([
      'remove',
      'revoke-tokens',
    ]);
  });
});
