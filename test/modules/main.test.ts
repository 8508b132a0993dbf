import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { projectFile } from '../../policies/root.ts';
import { call } from './support/http.ts';

const ENVIRONMENT = {
  PORT: '0',
  // Checkout keeps no data: it is never contacted.
  DATABASE_URL: 'postgres://127.0.0.1:1/none',
  GATEWAY_URL: 'http://127.0.0.1:1',
  AUTH_URL: 'http://127.0.0.1:1',
  AUTH_ISSUER: 'https://auth.test',
  AUTH_AUDIENCE: 'kisum',
  MODULE_SECRET: 'a'.repeat(64),
};

function run(key: string[], env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const { PATH = '' } = process.env;
  const args = ['--import', 'tsx', projectFile('modules', 'main.ts'), ...key];
  const child = spawn(process.execPath, args, { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code] = (await once(child, 'close')) as unknown[];
  return code;
}

describe('one module as a process of its own', () => {
  it('answers, and ends with 0 on SIGTERM', async () => {
    const { child, output } = run(['checkout'], ENVIRONMENT);
    while (!output().includes('"url"')) await once(child.stdout!, 'data');
    const { url } = JSON.parse(output()) as { url: string };
    expect((await call(`${url}/api/checkout/plans`)).status).to.equal(200);
    child.kill('SIGTERM');
    expect(await exitOf(child)).to.equal(0);
  });

  it('ends with 2 and every fault of its environment', async () => {
    const { child, output } = run(['checkout'], {});
    expect(await exitOf(child)).to.equal(2);
    for (const name of Object.keys(ENVIRONMENT)) expect(output()).to.include(`${name} is missing`);
  });

  it('ends with 5 when its port is taken, and with 4 when there is no such backend', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const late = run(['checkout'], { ...ENVIRONMENT, PORT: String(port) });
    expect(await exitOf(late.child)).to.equal(5);
    expect(late.output()).to.include(`cannot listen on 127.0.0.1:${port}`);
    taken.close();
    const none = run(['finance.nobody'], ENVIRONMENT);
    expect(await exitOf(none.child)).to.equal(4);
    expect(none.output()).to.include('module finance.nobody has no backend here');
  });
});
