import { readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { temporaryHome, type Running } from '../support/cli.ts';
import { copyCheckout, type Checkout } from '../support/checkout.ts';
import { COMPANY } from '../support/stage.ts';

/** The platform's own example of a module: contracts, deals, negotiations. */
const MARKET = [
  ...['new', 'module', 'market', '--title', 'Market', '--owner', 'team-market'],
  ...['--purpose', 'Contracts, deals, and the negotiations that lead to them.'],
  ...['--entity', 'contract:title=text(120),signed_on=date?!filter'],
  ...['--entity', 'deal:amount=money,currency=currency,status=open>signed>closed,contract_id=contract?'],
  ...['--entity', 'negotiation:deal_id=deal,note=text(500)?,event_id=promoter.event?'],
  ...['--reads', 'promoter.event:A negotiation may be about an event.'],
  ...['--must-not', 'keep a copy of events', '--must-not', 'sign for a company'],
];

describe('a new module, from nothing to sold and served', function () {
  this.timeout(180_000);
  let checkout: Checkout;
  let env: Record<string, string>;
  let running: Running;
  let output: string;

  const cli = async (...args: string[]) => {
    const ended = await checkout.cli(args, env).ended;
    expect(ended.code, `${args.join(' ')}\n${ended.stderr}`).to.equal(0);
    return ended.stdout.trim();
  };
  const call = async (path: string, json?: object) => {
    const headers = {
      authorization: `Bearer ${await cli('token', '--user', 'ana')}`,
      'x-org': COMPANY.acme,
      'content-type': 'application/json',
    };
    const gateway = /Kisum gateway\S*\s+(http\S+)/.exec(output)![1]!;
    const method = json ? 'POST' : 'GET';
    return fetch(gateway + path, { method, headers, ...(json && { body: JSON.stringify(json) }) });
  };

  before(async () => {
    checkout = await copyCheckout();
    env = {
      KISUM_HOME: await temporaryHome(),
      KISUM_ACTOR: 'test',
      PORT: '0',
      ADMIN_PORT: '0',
      AUTH_URL: 'http://127.0.0.1:0',
      NO_COLOR: '1',
    };
    running = checkout.cli(['start'], env);
    output = await running.said('npm run reset forgets it');
  });
  after(async () => {
    running.child.kill('SIGKILL');
    await running.ended;
    await checkout.remove();
    await rm(env.KISUM_HOME!, { recursive: true, force: true });
  });

  it('is 404 before it is made', async () => {
    expect((await call('/api/market/deals')).status).to.equal(404);
  });

  it('answers 200 through the gateway that was running all along, with no file edited', async () => {
    await cli(...MARKET, '--register');
    expect((await call('/api/market/deals')).status, 'not entitled yet').to.equal(403);
    await cli('entitle', 'Acme', 'market');
    await cli('grant', 'ana', 'Acme', 'market.*');
    const listed = await call('/api/market/deals');
    expect(listed.status, await listed.clone().text()).to.equal(200);

    const deal = { amount: '1200.00', currency: 'EUR' };
    const created = await call('/api/market/deals', deal);
    expect(created.status, await created.clone().text()).to.equal(201);
    expect(await created.json()).to.have.nested.property('data.status', 'open');
  });

  it('passes its own tests, as they were made', async () => {
    const mocha = checkout.file('node_modules', '.bin', 'mocha');
    const { code, stdout, stderr } = await checkout.run([
      mocha,
      '--no-config',
      '--node-option',
      'import=tsx/esm',
      'modules/addons/market/market.test.ts',
    ]).ended;
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.match(/7 passing/);
  });

  it('needs no formatting and no mending', async () => {
    const bin = (name: string) => checkout.file('node_modules', '.bin', name);
    for (const args of [[bin('prettier'), '--check'], [bin('eslint')]]) {
      const { code, stdout, stderr } = await checkout.run([...args, 'modules/addons/market']).ended;
      expect(code, stdout + stderr).to.equal(0);
    }
  });

  it('is unchanged when it is made again, and registered again', async () => {
    const before = readdirSync(checkout.file('modules', 'addons', 'market'));
    expect(await cli(...MARKET)).to.equal('modules/addons/market unchanged');
    expect(await cli('new', 'module', 'market', '--register')).to.equal('modules/addons/market unchanged');
    expect(readdirSync(checkout.file('modules', 'addons', 'market'))).to.deep.equal(before);
  });

  it('is refused when it is broken, naming it: nothing is registered, everything else answers', async () => {
    const answers = [
      '--title',
      'B',
      '--owner',
      'b',
      '--purpose',
      'b',
      '--entity',
      'thing',
      '--must-not',
      'b',
    ];
    await cli('new', 'module', 'broken', ...answers);
    await writeFile(
      checkout.file('modules', 'addons', 'broken', 'index.ts'),
      'throw new Error("broken on purpose");\n',
    );
    const { code, stderr } = await checkout.cli(['new', 'module', 'broken', '--register'], env).ended;
    expect([code, stderr]).to.deep.equal([
      4,
      'kisum-cli: broken cannot be loaded, mend it first: broken on purpose\n',
    ]);
    expect((await call('/api/broken/things')).status).to.equal(404);
    expect((await call('/api/market/deals')).status).to.equal(200);
  });
});
