import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { projectFile } from '../../policies/root.ts';
import { temporaryHome, type Running } from '../support/cli.ts';
import { copyCheckout, type Checkout } from '../support/checkout.ts';

interface Exchange {
  command: string;
  answer: string;
}

/** What README types, and what it says comes back; `…` stands for anything. */
function transcript(): Exchange[] {
  const readme = readFileSync(projectFile('README.md'), 'utf8');
  const [, block = ''] = /<!-- transcript -->\n```console\n([^]*?)```/.exec(readme) ?? [];
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({
      command: part.slice(0, part.indexOf('\n')),
      answer: part.slice(part.indexOf('\n') + 1).trimEnd(),
    }));
}

function pattern(answer: string): RegExp {
  return new RegExp(`^${answer.split('…').map(escaped).join('[^]*')}$`);
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
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
    // One shell for all, as a reader has it; each answer ends with a line nobody prints.
    const end = '---- end of the answer ----';
    const script = exchanges.map(({ command }) => `${command}\necho\necho '${end}'`).join('\n');
    const shell = spawn('bash', ['-c', script.replaceAll('http://127.0.0.1:8080', gateway)], {
      cwd: checkout.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [stdout, stderr] = await Promise.all([
      text(shell.stdout),
      text(shell.stderr),
      once(shell, 'close'),
    ]);
    const answers = stdout.split(end).map((answer) => answer.trim());
    exchanges.forEach(({ command, answer }, index) => {
      expect(answers[index], `${command}\n${stderr}`).to.match(pattern(answer));
    });
  });
});
