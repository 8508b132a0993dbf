import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { projectFile } from '../../policies/root.ts';
import { withCompiler } from '../policies/compiler.ts';
import { copyCheckout, type Checkout } from '../support/checkout.ts';
import type { Running } from '../support/cli.ts';
import { exchangesIn, TranscriptShell } from '../support/transcript.ts';

interface Block {
  kind: 'diff' | 'console' | 'sh';
  text: string;
}

function blocks(): Block[] {
  const page = readFileSync(projectFile('docs', 'a-policy-change.md'), 'utf8');
  return [...page.matchAll(/```(diff|console|sh)\n([^]*?)```/g)].map(([, kind, text]) => ({
    kind: kind as Block['kind'],
    text: text!,
  }));
}

const FREE = { PORT: '0', ADMIN_PORT: '0', AUTH_URL: 'http://127.0.0.1:0' };

describe('the policy change that docs/ walks through', function () {
  withCompiler(this);
  this.timeout(600_000);
  let checkout: Checkout;
  let env: Record<string, string>;
  let shell: TranscriptShell;
  let running: Running;
  let places: [string, string][];

  const git = (args: string[], input?: string) =>
    execFileSync('git', ['-c', 'user.name=mia', '-c', 'user.email=mia@kisum.example', ...args], {
      cwd: checkout.folder,
      input: input ?? '',
    });
  /** `npm start`, on free ports, with what a reader writes before it. */
  const start = async (more: Record<string, string>) => {
    running = checkout.cli(['start'], { ...env, ...FREE, ...more });
    const said = await running.said('npm run reset forgets it');
    const [, gateway = ''] = /Kisum gateway\S*\s+(http\S+)/.exec(said) ?? [];
    const [, admin = ''] = /admin\s+(http\S+)\/metrics/.exec(said) ?? [];
    places = [
      ['http://127.0.0.1:8080', gateway],
      ['http://127.0.0.1:9090', admin],
    ];
  };
  const stop = async () => {
    running.child.kill('SIGINT');
    await running.ended;
  };

  before(async () => {
    checkout = await copyCheckout();
    git(['init', '--quiet']);
    git(['add', '--all']);
    git(['commit', '--quiet', '--message', 'as it is']);
    const { PATH = '', HOME = '' } = process.env;
    env = { PATH, HOME, NO_COLOR: '1', KISUM_ACTOR: 'mia' };
    shell = new TranscriptShell(checkout.folder, env);
    // npx asks npm each time where kisum-cli is; here it is known.
    await shell.type('npx() { shift; node cli/kisum-cli.js "$@"; }');
    await start({});
  });
  after(async () => {
    await shell.end();
    await stop();
    await checkout.remove();
  });

  it('happens exactly as it is printed', async () => {
    const steps = blocks();
    expect(steps.map(({ kind }) => kind)).to.include.members(['diff', 'console', 'sh']);
    for (const { kind, text } of steps) {
      if (kind === 'diff') git(['apply', '--whitespace=nowarn', '-'], text);
      if (kind === 'sh') {
        await stop();
        await start(
          Object.fromEntries([...text.matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value])),
        );
      }
      if (kind !== 'console') continue;
      for (const { command, answer } of exchangesIn(text)) {
        const typed = places.reduce((it, [printed, real]) => it.replaceAll(printed, real), command);
        await shell.expects({ command: typed, answer });
      }
    }
  });
});
