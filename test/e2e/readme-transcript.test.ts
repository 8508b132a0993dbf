import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { projectFile } from '../../policies/root.ts';
import { temporaryHome, type Running } from '../support/cli.ts';
import { copyCheckout, type Checkout } from '../support/checkout.ts';
import { exchangesIn, TranscriptShell, type Exchange } from '../support/transcript.ts';

/** What README types, and what it says comes back. */
function transcript(): Exchange[] {
  const readme = readFileSync(projectFile('README.md'), 'utf8');
  const [, block = ''] = /<!-- transcript -->\n```console\n([^]*?)```/.exec(readme) ?? [];
  return exchangesIn(block);
}

describe('the module that README makes in two minutes', function () {
  this.timeout(180_000);
  let checkout: Checkout;
  let running: Running;
  let env: Record<string, string>;
  let gateway: string;

  before(async () => {
    checkout = await copyCheckout();
    const { PATH = '', HOME = '' } = process.env;
    env = { PATH, HOME, KISUM_HOME: await temporaryHome(), NO_COLOR: '1' };
    running = checkout.cli(['start'], { ...env, PORT: '0', ADMIN_PORT: '0', AUTH_URL: 'http://127.0.0.1:0' });
    gateway = /Kisum gateway\S*\s+(http\S+)/.exec(await running.said('npm run reset forgets it'))![1]!;
  });
  after(async () => {
    running.child.kill('SIGKILL');
    await running.ended;
    await checkout.remove();
    await rm(env.KISUM_HOME!, { recursive: true, force: true });
  });

  it('comes to be exactly as it is printed', async () => {
    const exchanges = transcript();
    expect(exchanges.length).to.be.greaterThan(5);
    const shell = new TranscriptShell(checkout.folder, env);
    for (const { command, answer } of exchanges)
      await shell.expects({ command: command.replaceAll('http://127.0.0.1:8080', gateway), answer });
    await shell.end();
  });
});
