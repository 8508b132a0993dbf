import { rm } from 'node:fs/promises';
import { expect } from 'chai';
import type { Envelope } from '../../cli/outcome.ts';
import { runCli, temporaryHome, type Running } from '../support/cli.ts';
import { serverDatabase } from '../support/databases.ts';

/** Runs a command under --json. */
async function cli(args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await runCli([...args, '--json'], env).ended;
  const { data, errors, exitCode } = JSON.parse(stdout) as Envelope;
  expect(exitCode, stderr).to.equal(code);
  return { code, data: data as object, message: errors[0]?.message ?? '' };
}

/** The way of a new company and its first user, from nothing to a granted module. */
async function newcomer(env: Record<string, string>): Promise<string> {
  const steps = [
    ['company', 'create', 'Nova'],
    ['user', 'create', 'Nia', '--email', 'nia@nova.example'],
    ['user', 'add', 'nia', 'nova', '--role', 'ADMIN'],
    ['entitle', 'nova', 'basic_promoter'],
    ['grant', 'nia', 'nova', 'promoter', '--all'],
  ];
  for (const step of steps) {
    const { code, message } = await cli([...step, '--as', 'max'], env);
    expect(code, `${step.join(' ')}: ${message}`).to.equal(0);
  }
  const { data } = await cli(['company', 'show', 'nova'], env);
  return (data as { id: string }).id;
}

describe('people, from the command line', function () {
  this.timeout(240_000);

  describe('beside a running npm start', () => {
    let env: Record<string, string>;
    let running: Running;
    let gateway: string;

    before(async () => {
      env = {
        KISUM_HOME: await temporaryHome(),
        PORT: '0',
        ADMIN_PORT: '0',
        AUTH_URL: 'http://127.0.0.1:0',
        NO_COLOR: '1',
      };
      running = runCli(['start'], env);
      gateway = /Kisum gateway\S*\s+(http\S+)/.exec(await running.said('npm run reset forgets it'))![1]!;
    });
    after(async () => {
      running.child.kill('SIGINT');
      await running.ended;
      await rm(env['KISUM_HOME']!, { recursive: true, force: true });
    });

    const token = async (user: string) => (await runCli(['token', '--user', user], env).ended).stdout.trim();

    it('the very next request is judged by what was changed', async () => {
      const company = await newcomer(env);
      const authorization = `Bearer ${await token('nia')}`;
      const ask = async () =>
        (await fetch(`${gateway}/api/promoter/events`, { headers: { authorization, 'x-org': company } }))
          .status;
      expect(await ask()).to.equal(200);
      const turns: [string[], number][] = [
        [['revoke', 'nia', 'nova', 'promoter.event.view'], 403],
        [['grant', 'nia', 'nova', 'promoter.event.view'], 200],
        [['unentitle', 'nova', 'basic_promoter'], 403],
        [['entitle', 'nova', 'basic_promoter'], 200],
        [['user', 'add', 'nia', 'nova', '--status', 'suspended'], 403],
        [['user', 'add', 'nia', 'nova', '--status', 'active'], 200],
        [['user', 'revoke-tokens', 'nia'], 401],
      ];
      for (const [command, status] of turns) {
        expect((await cli(command, env)).code, command.join(' ')).to.equal(0);
        expect(await ask(), command.join(' ')).to.equal(status);
      }
    });

    it("a second base is refused with the database's sentence: exit 3", async () => {
      const { code, message } = await cli(['entitle', 'acme', 'basic_venue'], env);
      expect(code).to.equal(3);
      expect(message).to.include('another base subscription in this time');
    });

    it('a token is read from stdin, from the environment, or as given', async () => {
      const it = await token('ana');
      const given = await cli(['whoami', '--token', it], env);
      expect((given.data as { user: { name: string } }).user.name).to.equal('Ana');
      const known = await cli(['whoami'], { ...env, KISUM_TOKEN: it });
      expect(known.data).to.deep.equal(given.data);
      expect((await cli(['whoami'], env)).code).to.equal(2);
      expect((await cli(['whoami', '--token', `${it}x`], env)).code).to.equal(1);
    });
  });

  it('work on the embedded database alone, from nothing', async () => {
    const env = { KISUM_HOME: await temporaryHome() };
    expect((await cli(['company', 'create', 'Nova'], env)).code).to.equal(0);
    expect((await cli(['company', 'show', 'nova'], env)).data).to.deep.include({ name: 'Nova', bought: [] });
    const early = await cli(['entitle', 'nova', 'basic_promoter'], env);
    expect(early.code).to.equal(4);
    expect(early.message).to.include('kisum-cli catalog apply');
    await rm(env.KISUM_HOME, { recursive: true, force: true });
  });

  it('work on DATABASE_URL', async function () {
    const { url, drop } = await serverDatabase(this);
    const env = { KISUM_HOME: await temporaryHome(), DATABASE_URL: url };
    await leadsToAccess(env).finally(drop);
    await rm(env.KISUM_HOME, { recursive: true, force: true });
  });
});

async function leadsToAccess(env: Record<string, string>): Promise<void> {
  expect((await cli(['catalog', 'apply'], env)).code).to.equal(0);
  await newcomer(env);
  const { data } = await cli(['access', 'nia', 'nova'], env);
  const { modules } = data as { modules: { key: string; allowed: boolean }[] };
  expect(modules.filter(({ allowed }) => allowed).map(({ key }) => key)).to.deep.equal(['promoter']);
  expect((await cli(['entitle', 'nova', 'basic_venue'], env)).code).to.equal(3);
  const history = (await cli(['history', '--company', 'nova'], env)).data as { actor: string }[];
  expect(new Set(history.map(({ actor }) => actor))).to.deep.equal(new Set(['max']));
}
