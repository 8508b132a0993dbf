import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Envelope } from '../../../cli/outcome.ts';
import { copyCheckout, type Checkout } from '../../support/checkout.ts';
import { treeOf } from './tree.ts';

const ANSWERS = {
  '--title': 'Market',
  '--owner': 'team-market',
  '--purpose': 'Deals.',
  '--entity': 'deal:amount=money,currency=currency',
  '--must-not': 'move money',
};
const FLAGS = Object.entries(ANSWERS).flat();
const FOLDER = 'modules/addons/market';

describe('kisum-cli new module', function () {
  this.timeout(120_000);
  let checkout: Checkout;
  let modules: Record<string, string>;
  before(async () => {
    checkout = await copyCheckout();
    modules = treeOf(checkout.file('modules'));
  });
  after(() => checkout.remove());
  afterEach(() => rmSync(checkout.file(FOLDER), { recursive: true, force: true }));

  const cli = (args: string[], input?: string) =>
    checkout.cli(['new', 'module', ...args], {}, input === undefined ? {} : { input }).ended;
  const json = async (args: string[]) =>
    JSON.parse((await cli([...args, '--json'])).stdout) as Envelope & { data: Record<string, unknown> };

  it('names everything that is missing at once, where nobody can be asked: exit 2', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect(code).to.equal(2);
    expect(stdout).to.equal('');
    for (const flag of ['<key>', ...Object.keys(ANSWERS)]) expect(stderr).to.include(flag);
    const some = await cli(['market', ...FLAGS.slice(0, -4)]);
    expect(some.code).to.equal(2);
    expect(some.stderr)
      .to.match(/--entity[^]*--must-not/)
      .and.not.match(/--title </);
  });

  it('makes it, says what comes next, and makes it no second time', async () => {
    const made = await cli(['market', ...FLAGS]);
    expect(made.code, made.stderr).to.equal(0);
    expect(made.stdout.split('\n')).to.include(`${FOLDER}/deal.ts`);
    const next = [
      'new module market --register',
      'entitle Acme market',
      'grant ana Acme',
      'curl .*api/market/deals',
    ];
    expect(made.stderr).to.match(new RegExp(next.join('[^]*')));
    const types = readFileSync(checkout.file('gateway', 'client', 'permissions.ts'), 'utf8');
    expect(types, 'frontends can name it').to.include("  | 'market.deal.create'\n");

    const before = treeOf(checkout.file(FOLDER));
    const again = await cli(['market', ...FLAGS]);
    expect(again).to.include({ code: 0, stdout: `${FOLDER} unchanged\n` });
    expect(treeOf(checkout.file(FOLDER)), 'its uid stays').to.deep.equal(before);

    const other = await cli(['market', ...FLAGS, '--must-not', 'sign']);
    expect(other.code).to.equal(3);
    expect(other.stdout).to.include('+    - sign').and.include(`--- a/${FOLDER}/module.yaml`);
    expect(other.stderr).to.include('module upgrade');
    expect(treeOf(checkout.file(FOLDER))).to.deep.equal(before);
  });

  it('changes no file that exists', async () => {
    await cli(['market', ...FLAGS]);
    const after = treeOf(checkout.file('modules'));
    for (const [path, content] of Object.entries(modules)) expect(after[path], path).to.equal(content);
    const more = Object.keys(after).filter((path) => !Object.hasOwn(modules, path));
    expect(more).to.have.length.greaterThan(8);
    for (const path of more) expect(path.startsWith('addons/market/'), path).to.equal(true);
  });

  it('prints a patch under --dry-run and writes nothing: a read-only disk is enough', async () => {
    const readOnly = { NODE_OPTIONS: `--import=${checkout.file('test', 'support', 'read-only.js')}` };
    const command = ['new', 'module', 'market', ...FLAGS];
    const planned = await checkout.cli([...command, '--dry-run'], readOnly).ended;
    expect(planned.code, planned.stderr).to.equal(0);
    expect((await checkout.cli(command, readOnly).ended).stderr).to.include('EROFS');
    expect(treeOf(checkout.file('modules'))).to.deep.equal(modules);

    writeFileSync(checkout.file('new.patch'), planned.stdout);
    execFileSync('git', ['apply', '--unsafe-paths', 'new.patch'], { cwd: checkout.folder });
    const patched = treeOf(checkout.file(FOLDER));
    rmSync(checkout.file(FOLDER), { recursive: true });
    await cli(['market', ...FLAGS]);
    const made = treeOf(checkout.file(FOLDER));
    const uid = /uid: \w+/;
    expect(patched['module.yaml']!.replace(uid, '')).to.equal(made['module.yaml']!.replace(uid, ''));
    expect({ ...made, ...patched, 'module.yaml': '' }).to.deep.equal({ ...made, 'module.yaml': '' });
  });

  it('takes a whole manifest from a file or from stdin, with or without a uid', async () => {
    expect((await cli(['market', ...FLAGS])).code).to.equal(0);
    const manifest = readFileSync(checkout.file(FOLDER, 'module.yaml'), 'utf8');
    const made = treeOf(checkout.file(FOLDER));
    expect((await cli(['--from', join(FOLDER, 'module.yaml')])).stdout).to.match(/unchanged/);
    rmSync(checkout.file(FOLDER), { recursive: true });
    expect((await cli(['--from', '-'], manifest)).code).to.equal(0);
    expect(treeOf(checkout.file(FOLDER))).to.deep.equal(made);
    rmSync(checkout.file(FOLDER), { recursive: true });

    const anonymous = manifest.replace(/ {2}uid: .*\n/, '# kept\n');
    expect((await cli(['market', '--from', '-'], anonymous)).code).to.equal(0);
    expect(readFileSync(checkout.file(FOLDER, 'module.yaml'), 'utf8'))
      .to.match(/# kept/)
      .and.match(/uid: \w{26}/);
    expect((await cli(['--from', '-'], anonymous)).stdout, 'the same uid').to.match(/unchanged/);
  });

  const refusals: [string, string[], number, RegExp][] = [
    ['a wrong type', ['market', '--type', 'plugin', ...FLAGS], 2, /base or addon, not plugin/],
    [
      'a manifest of another',
      ['crm', '--from', 'modules/addons/finance/module.yaml'],
      2,
      /of finance, not of crm/,
    ],
    ['a manifest and answers', ['--from', 'x', '--title', 'T'], 2, /leave out title/],
    ['a manifest that is not there', ['--from', 'x.yaml'], 2, /x\.yaml cannot be read/],
    ['a file that is no manifest', ['--from', 'package.json'], 1, /package\.json:1:1 .*apiVersion/],
    ['the manifest of a system', ['--from', 'systems/checkout/module.yaml'], 2, /base or addon, not system/],
    ['what nobody shares', ['market', ...FLAGS, '--reads', 'promoter.secret:why'], 2, /which nobody shares/],
    ['a read without a reason', ['market', ...FLAGS, '--reads', 'promoter.event'], 2, /--reads .* is empty/],
    [
      'a base that is none',
      ['market', ...FLAGS, '--sold-with', 'finance'],
      2,
      /finance, which is no base module/,
    ],
    [
      'a shared name that is taken',
      ['market', ...FLAGS, '--entity', 'event!shared'],
      2,
      /event is claimed twice/,
    ],
    [
      'a field twice',
      ['market', ...FLAGS, '--entity', 'offer:aa=money,aa=date'],
      2,
      /offer\.aa is declared twice/,
    ],
    ['text with a line break', ['market', ...FLAGS, '--must-not', 'a\nb'], 2, /--must-not has a line break/],
  ];
  for (const [what, args, code, message] of refusals) {
    it(`refuses ${what}: exit ${code}, and writes nothing`, async () => {
      const ended = await cli(args);
      expect(ended.stderr).to.match(message);
      expect(ended.code).to.equal(code);
      expect(treeOf(checkout.file('modules'))).to.deep.equal(modules);
    });
  }

  it('says the same under --json', async () => {
    const made = await json(['market', ...FLAGS]);
    expect(made).to.include({ ok: true, exitCode: 0, command: 'new module' });
    expect(made.data).to.include({
      key: 'market',
      type: 'addon',
      folder: FOLDER,
      state: 'made',
      registered: false,
    });
    expect(await json(['market', ...FLAGS])).to.have.nested.property('data.state', 'unchanged');
    const other = await json(['market', ...FLAGS, '--must-not', 'sign']);
    expect(other).to.include({ ok: false, exitCode: 3 });
    expect(other.data.diff).to.include('+    - sign');
    expect(await json([])).to.include({ ok: false, exitCode: 2 });
  });
});
