import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import { runCli, temporaryHome, type Running } from '../support/cli.ts';
import { COMPANY } from '../support/stage.ts';
import { openWorkspace } from '../support/workspace.ts';

const LAST_LINE = 'npm run reset forgets it';

interface Line {
  what: string;
  command: string;
}

describe('npm start', function () {
  this.timeout(120_000);
  let env: Record<string, string>;
  let running: Running;
  let output: string;

  const start = async () => {
    running = runCli(['start'], env);
    output = await running.said(LAST_LINE);
  };
  const stop = async () => {
    running.child.kill('SIGINT');
    return running.ended;
  };
  const gatewayUrl = () => /Kisum gateway\S*\s+(http\S+)/.exec(output)![1]!;
  const token = async (user: string) => (await runCli(['token', '--user', user], env).ended).stdout.trim();
  const headers = async (user: string) => ({
    authorization: `Bearer ${await token(user)}`,
    'x-org': COMPANY.acme,
    'content-type': 'application/json',
  });

  before(async () => {
    env = {
      KISUM_HOME: await temporaryHome(),
      PORT: '0',
      ADMIN_PORT: '0',
      AUTH_URL: 'http://127.0.0.1:0',
      NO_COLOR: '1',
    };
    await start();
  });
  after(async () => {
    running.child.kill('SIGKILL');
    await rm(env.KISUM_HOME!, { recursive: true, force: true });
  });

  it('prints lines to paste, one for each kind of answer, and each gives it', async () => {
    const lines = [...output.matchAll(/^# (?<what>.*)\n(?<command>curl .*)$/gm)].map(
      ({ groups }) => groups as unknown as Line,
    );
    expect(lines.map(({ what }) => what.slice(0, 3))).to.deep.equal([
      '200',
      '401',
      '400',
      '403',
      '403',
      '404',
    ]);
    for (const { what, command } of lines)
      expect(await pasted(command), what).to.equal(Number(what.slice(0, 3)));
  });

  /** What the line would do in a shell: its token from the CLI, its headers, its address. */
  async function pasted(command: string): Promise<number> {
    const sent = new Headers();
    for (const [, name, value] of command.matchAll(/-H "([\w-]+): ([^"]*)"/g)) {
      const user = /\$\(npx kisum-cli token --user (\w+)\)/.exec(value!)?.[1];
      sent.set(name!, user ? `Bearer ${await token(user)}` : value!);
    }
    return (await fetch(/http\S+$/.exec(command)![0], { headers: sent })).status;
  }

  it('gives a token and nothing else, by name, e-mail or id', async () => {
    const { code, stdout } = await runCli(['token', '--user', 'ANA'], env).ended;
    expect(code).to.equal(0);
    expect(stdout).to.match(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(await token('ana@acme.example')).to.match(/^ey/);
    expect(await token('aaaaaaaa-0000-4000-8000-000000000001')).to.match(/^ey/);
    const unknown = await runCli(['token', '--user', 'nobody'], env).ended;
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.include('no user has the name, e-mail or id "nobody"');
  });

  it('refuses a second one on the same data: exit 5', async () => {
    const { code, stderr } = await runCli(['start'], env).ended;
    expect(code).to.equal(5);
    expect(stderr).to.include('in use');
  });

  it('honours a token after the keys were rotated, until the old key is dropped', async () => {
    const ask = async (authorization: string) =>
      (
        await fetch(`${gatewayUrl()}/api/promoter/events`, {
          headers: { authorization, 'x-org': COMPANY.acme },
        })
      ).status;
    const old = `Bearer ${await token('ana')}`;
    expect((await runCli(['keys', 'rotate'], env).ended).code).to.equal(0);
    expect(await ask(`Bearer ${await token('ana')}`)).to.equal(200);
    expect(await ask(old)).to.equal(200);
    expect((await runCli(['keys', 'rotate', '--drop-old'], env).ended).code).to.equal(0);
    expect(await ask(`Bearer ${await token('ana')}`)).to.equal(200);
  });

  it('keeps what was entered over a restart, though access then comes from Auth, and ends cleanly', async () => {
    const body = JSON.stringify({ name: 'Kept over a restart', starts_at: '2027-01-01T20:00:00Z' });
    const url = () => `${gatewayUrl()}/api/promoter/events`;
    const created = await fetch(url(), { method: 'POST', headers: await headers('ana'), body });
    expect(created.status, await created.clone().text()).to.equal(201);
    const { data } = (await created.json()) as { data: { id: string } };
    expect((await stop()).code).to.equal(0);

    env.ACCESS_SOURCE = 'auth';
    await start();
    const admin = /admin\s+(http\S+)\/metrics/.exec(output)![1]!;
    expect(await (await fetch(`${admin}/readyz`)).json()).to.have.nested.property(
      'checks.access.status',
      'ok',
    );
    const kept = await fetch(`${url()}/${data.id}`, { headers: await headers('ana') });
    expect(kept.status).to.equal(200);
    expect(((await kept.json()) as { data: { name: string } }).data.name).to.equal('Kept over a restart');
  });

  it('can be forgotten, but not while it runs', async () => {
    expect((await runCli(['reset'], env).ended).code).to.equal(5);
    expect((await stop()).code).to.equal(0);
    expect((await runCli(['reset'], env).ended).code).to.equal(0);
    expect(existsSync(env.KISUM_HOME!)).to.equal(false);
  });
});

describe('npm start with a module that cannot be loaded', function () {
  this.timeout(120_000);

  it('says which it is, and ends: exit 4', async () => {
    const workspace = openWorkspace();
    const file = workspace.file('modules', 'addons', 'touring', 'index.ts');
    writeFileSync(file, `throw new Error('half done');\n${readFileSync(file, 'utf8')}`);
    const env = { PORT: '0', ADMIN_PORT: '0', AUTH_URL: 'http://127.0.0.1:0', LOG_LEVEL: 'silent' };
    const running = workspace.run(['start'], env);
    try {
      const { code, stderr } = await running.ended;
      expect([code, stderr]).to.deep.equal([
        4,
        'kisum-cli: touring cannot be loaded, mend it first: half done\n',
      ]);
    } finally {
      running.child.kill('SIGKILL');
      workspace.remove();
    }
  });
});
