import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { withNewKey } from '../../cli/rename/manifest-text.ts';
import { planRename } from '../../cli/rename/plan.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import type { Ended } from '../support/cli.ts';
import { openWorkspace, type Workspace } from '../support/workspace.ts';

describe('the manifest of a renamed module', () => {
  const TEXT = `# which module
metadata: { key: venue, uid: X } # its key
spec:
  services: [venue, "venue.feed"]
  data:
    owns:
      - { entity: venue, plural: venues, fields: [{ name: a, to: venue }, { name: b, to: other.venue }] }
  routes:
    - { id: venue.x.get, path: '/api/venue/venue', service: venue.feed, permission: venue.venue.view }
`;

  it('has the new key wherever the key is meant, and every other byte as it was', () => {
    expect(withNewKey(TEXT, 'venue', 'hall')).to.equal(
      TEXT.replace('key: venue', 'key: hall')
        .replace('[venue, "venue.feed"]', '[hall, "hall.feed"]')
        .replace('id: venue.x', 'id: hall.x')
        .replace("'/api/venue/venue'", "'/api/hall/venue'")
        .replace('service: venue.feed', 'service: hall.feed')
        .replace('permission: venue.venue', 'permission: hall.venue'),
    );
  });

  it('is the same after going there and back', () => {
    for (const { manifest, folder } of discoverManifests()) {
      const text = readFileSync(`${folder}/module.yaml`, 'utf8');
      const there = withNewKey(text, manifest.key, 'somewhere_else');
      expect(there).to.not.equal(text);
      expect(withNewKey(there, 'somewhere_else', manifest.key)).to.equal(text);
    }
  });
});

describe('kisum-cli module rename', function () {
  this.timeout(60_000);
  let workspace: Workspace;
  beforeEach(() => (workspace = openWorkspace()));
  afterEach(() => workspace.remove());

  const rename = (...keys: string[]): Promise<Ended> => workspace.run(['module', 'rename', ...keys]).ended;
  const keys = () => discoverManifests(workspace.root).map(({ manifest }) => manifest.key);
  const yaml = (...folder: string[]) => readFileSync(workspace.file(...folder, 'module.yaml'), 'utf8');

  it('says all that is wrong at once, and changes nothing', async () => {
    const before = keys();
    const cases: [args: string[], code: number, said: RegExp][] = [
      [[], 2, /missing: <key>, <new>/],
      [['finanse', 'x'], 2, /no module or system "finanse" \(did you mean finance\?\)\n"x" is no key/],
      [['finance', 'core'], 2, /"core" is no key/],
      [['finance', 'ai'], 3, /modules\/addons\/ai is there already/],
    ];
    for (const [args, code, said] of cases) {
      const ended = await rename(...args);
      expect(ended.code, args.join(' ')).to.equal(code);
      expect(ended.stderr).to.match(said);
    }
    expect(keys()).to.deep.equal(before);
  });

  it('is as it was when a step fails', async () => {
    const before = [yaml('modules', 'addons', 'finance'), yaml('modules', 'base', 'promoter')];
    writeFileSync(workspace.file('modules', 'base', 'host'), 'in the way');
    const { code, stderr } = await rename('promoter', 'host');
    expect(code).to.equal(5);
    expect(stderr).to.include('is as it was');
    expect([yaml('modules', 'addons', 'finance'), yaml('modules', 'base', 'promoter')]).to.deep.equal(before);
  });

  it('renames what is called like the module in its own folder, and leaves what only looks so', async () => {
    const source = (key: string) =>
      `const names = ['${key}.routing.view', "/api/${key}/tours", \`${key}.tour\`];\n` +
      `import './touring.ts'; // touring.tour, 'touring', 'detouring.tour'\n`;
    writeFileSync(workspace.file('modules', 'addons', 'touring', 'names.ts'), source('touring'));
    const { code } = await rename('touring', 'travel');
    const read = (name: string) => readFileSync(workspace.file('modules', 'addons', 'travel', name), 'utf8');
    expect([code, read('names.ts')]).to.deep.equal([0, source('travel')]);
    expect(read('travel.test.ts')).to.include('describe(');
    expect((await workspace.run(['module', 'upgrade', 'travel']).ended).code).to.equal(0);
    const tests = readdirSync(workspace.file('modules', 'addons', 'travel')).filter((it) =>
      it.includes('.test.'),
    );
    expect(tests).to.deep.equal(['travel.test.ts']);
  });

  it('that died half way is finished by repeating it', async () => {
    const { writes } = planRename(workspace.root, 'promoter', 'host');
    expect(writes.length).to.be.greaterThan(2);
    for (const { path, after } of writes) {
      writeFileSync(workspace.file(...path.split('/')), after);
      planRename(workspace.root, 'promoter', 'host');
    }
    expect((await rename('promoter', 'host')).code).to.equal(0);
    expect(keys()).to.include('host').and.not.include('promoter');
  });
});
