import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampleBody } from '../../cli/dev/samples.ts';
import { routeOf } from '../../cli/dev/assertion.ts';
import { compile } from '../../modules/kit/validation.ts';
import { createSchema } from '../../modules/kit/entity-schemas.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import { routesOf } from '../../modules/manifest/derive.ts';
import { projectFile } from '../../policies/root.ts';
import { runCli, runNode, temporaryHome, type Running } from '../support/cli.ts';
import { until } from '../support/until.ts';

const READY = 'Ctrl-C ends it';
const ROOMS = ['cli', 'gateway', 'modules', 'platform', 'policies', 'systems', 'package.json'];

/** A copy of the project to edit, on the same packages. */
async function copyOfProject(): Promise<string> {
  const root = await temporaryHome();
  for (const room of ROOMS) await cp(projectFile(room), join(root, room), { recursive: true });
  await symlink(projectFile('node_modules'), join(root, 'node_modules'), 'junction');
  return root;
}

describe('dev', function () {
  this.timeout(240_000);

  describe('one module alone', () => {
    let root: string;
    let running: Running;
    let printed = '';
    let url: string;

    before(async () => {
      root = await copyOfProject();
      running = runNode([join(root, 'cli', 'kisum-cli.js'), 'dev', 'finance', '--port', '0'], {
        NO_COLOR: '1',
      });
      running.child.stdout!.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
      const said = await running.said(READY);
      url = /alone, as Ana of Acme {2}(http\S+)/.exec(said)![1]!;
    });
    after(async () => {
      running.child.kill('SIGKILL');
      await running.ended;
      await rm(root, { recursive: true, force: true });
    });

    it('prints lines that work as pasted, on sample rows', async () => {
      const lines = [...printed.matchAll(/^curl (\S+)(?: -H '([^']*)' -d '([^']*)')?$/gm)];
      const lists = lines.filter(([, , , body]) => body === undefined);
      const creates = lines.filter(([, , , body]) => body !== undefined);
      expect(lists.length).to.equal(3);
      expect(creates.length).to.equal(3);
      for (const [, address] of lists) {
        const response = await fetch(address!);
        expect(response.status, address).to.equal(200);
        expect(((await response.json()) as { data: object[] }).data, address).to.have.length(1);
      }
      for (const [, address, header, body] of creates) {
        const [name, value] = header!.split(': ') as [string, string];
        const response = await fetch(address!, { method: 'POST', headers: { [name]: value }, body: body! });
        expect(response.status, `${address} ${await response.text()}`).to.equal(201);
      }
    });

    it('keeps companies apart by x-org, as behind the gateway, and refuses what is none', async () => {
      const ask = (company: string) =>
        fetch(`${url}/api/finance/expenses`, { headers: { 'x-org': company } });
      const other = await ask('22222222-2222-4222-8222-222222222222');
      expect(((await other.json()) as { data: object[] }).data).to.deep.equal([]);
      expect((await ask('acme')).status).to.equal(400);
    });

    it("takes no assertion of the caller, and answers no other name than this machine's", async () => {
      const headers = { 'x-kisum-assertion': 'forged' };
      expect((await fetch(`${url}/api/finance/expenses`, { headers })).status).to.equal(200);
      const status = await new Promise((resolve, reject) => {
        const asked = request(
          `${url}/api/finance/expenses`,
          { headers: { host: 'evil.example' } },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        asked.on('error', reject).end();
      });
      expect(status).to.equal(403);
    });

    it('answers a path it does not declare like the module does', async () => {
      expect((await fetch(`${url}/api/finance/nothing`)).status).to.equal(404);
    });

    const edit = async (change: (text: string) => string) => {
      const file = join(root, 'modules', 'addons', 'finance', 'income.ts');
      await writeFile(file, change(await readFile(file, 'utf8')));
    };
    const incomeStatus = async () => (await fetch(`${url}/api/finance/income`)).status;

    it('runs what was written, says what cannot run, and runs again once it can', async () => {
      await edit((text) => `throw new Error('half written');\n${text}`);
      await running.said('waiting for a change');
      expect(await incomeStatus()).to.equal(503);
      expect(printed).to.include('does not run: Error: half written');

      await edit((text) => text.replace(/^throw.*\n/, ''));
      await until(async () => (await incomeStatus()) === 200);
      await edit(
        (text) =>
          `import { notFound } from '../../kit/index.ts';\n${text}\nincome.list.handle = () => { throw notFound('edited'); };\n`,
      );
      await until(async () => (await incomeStatus()) === 404);
    });

    it('ends on Ctrl-C with its module', async () => {
      running.child.kill('SIGINT');
      expect((await running.ended).code).to.equal(0);
      expect(await fetch(url).catch(() => 'gone')).to.equal('gone');
    });
  });

  const refused: [string, string[], Record<string, string>, number, RegExp][] = [
    ['production', ['finance'], { NODE_ENV: 'production' }, 4, /never runs in production/],
    ['an unknown module', ['finanse'], {}, 2, /did you mean finance\?/],
    ['a port that is none', ['finance', '--port', 'x'], {}, 2, /--port is a number/],
  ];
  for (const [what, args, env, exit, says] of refused)
    it(`refuses ${what}: exit ${exit}`, async () => {
      const { code, stderr } = await runCli(['dev', ...args], env).ended;
      expect(code).to.equal(exit);
      expect(stderr).to.match(says);
    });
});

describe('sample rows', () => {
  const manifests = discoverManifests().map(({ manifest }) => manifest);
  const owned = manifests.flatMap(({ owns }) => owns).filter(({ fields }) => fields.length > 0);

  it('are valid by what the manifests declare, in every turn', () => {
    expect(owned.length).to.be.greaterThan(10);
    for (const entity of owned) {
      const ids = Object.fromEntries(
        owned.map(({ entity: name }) => [name, '11111111-1111-4111-8111-111111111111']),
      );
      const valid = compile(createSchema(entity));
      for (const turn of [0, 1, 2])
        expect(valid(sampleBody(entity, ids, turn)), `${entity.entity} ${turn}`).to.equal(true);
    }
  });

  it('start before they end', () => {
    const event = owned.find(({ entity }) => entity === 'event')!;
    const { starts_at, ends_at } = sampleBody(event, {}, 0) as Record<string, string>;
    expect(Date.parse(starts_at!)).to.be.lessThan(Date.parse(ends_at!));
  });

  it('are reached by routes: every declared path finds its own', () => {
    for (const manifest of manifests)
      for (const route of routesOf(manifest)) {
        const path = route.path.replace(/\{\w+:\w+\}/g, 'x');
        expect(routeOf(manifest, route.method, path)?.path, route.id).to.equal(route.path);
      }
  });
});
