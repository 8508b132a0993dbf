import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { permissionsOf, routesOf } from '../../../modules/manifest/derive.ts';
import { discoverManifests, wholeFaults } from '../../../modules/manifest/discover.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { faultsBetween } from '../../../modules/manifest/whole.ts';
import { DEMO_YAML } from '../support/demo.ts';

describe('the manifests of the tree', () => {
  const manifests = discoverManifests().map(({ manifest }) => manifest);
  const byKey = new Map(manifests.map((manifest) => [manifest.key, manifest]));
  const get = (key: string): Manifest => byKey.get(key)!;

  it('are the taxonomy and the one system', () => {
    const keys = (type: Manifest['type']) =>
      manifests.filter((manifest) => manifest.type === type).map(({ key }) => key);
    expect(keys('base')).to.have.members(['promoter', 'artist', 'vendor', 'venue']);
    expect(keys('addon')).to.have.members(['finance', 'ai', 'touring', 'venue_marketplace']);
    expect(keys('system')).to.deep.equal(['checkout']);
  });

  it('share events, artists and venue listings, and nothing else', () => {
    const shared = manifests.flatMap(({ key, owns }) =>
      owns.filter((o) => o.shared).map((o) => `${key}.${o.entity}`),
    );
    expect(shared).to.have.members(['promoter.event', 'artist.artist', 'venue.venue_listing']);
  });

  it('give no route and no permission twice', () => {
    const routes = manifests.flatMap(routesOf);
    const permissions = manifests.flatMap(permissionsOf);
    expect(routes).to.have.length.above(100);
    expect(new Set(routes.map(({ id }) => id))).to.have.property('size', routes.length);
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`))).to.have.property(
      'size',
      routes.length,
    );
    expect(new Set(permissions.map(({ key }) => key))).to.have.property('size', permissions.length);
  });

  it('need only permissions they give', () => {
    const given = new Set(manifests.flatMap(permissionsOf).map(({ key }) => key));
    const needed = manifests.flatMap(routesOf).flatMap(({ permission }) => permission ?? []);
    expect(needed.filter((key) => !given.has(key))).to.deep.equal([]);
  });

  it('give finance the five routes of the contract for each entity', () => {
    const routes = routesOf(get('finance')).filter(({ entity }) => entity === 'finance.expense');
    expect(routes.map(({ id, method, path, permission }) => [id, method, path, permission])).to.deep.equal([
      ['finance.expense.list', 'GET', '/api/finance/expenses', 'finance.expense.view'],
      ['finance.expense.get', 'GET', '/api/finance/expenses/{id:uuid}', 'finance.expense.view'],
      ['finance.expense.create', 'POST', '/api/finance/expenses', 'finance.expense.create'],
      ['finance.expense.update', 'PATCH', '/api/finance/expenses/{id:uuid}', 'finance.expense.update'],
      ['finance.expense.delete', 'DELETE', '/api/finance/expenses/{id:uuid}', 'finance.expense.delete'],
    ]);
  });

  it('give an entity only the routes of its actions', () => {
    const routes = routesOf(get('venue')).filter(({ entity }) => entity?.endsWith('venue_listing'));
    expect(routes.map(({ id }) => id)).to.deep.equal(['venue.venue_listing.list', 'venue.venue_listing.get']);
  });

  it('set module, permission and entity on module routes and on no others', () => {
    for (const route of manifests.flatMap(routesOf)) {
      const facts = [route.module, route.permission, route.entity].filter((fact) => fact !== undefined);
      expect(facts, route.id).to.have.length(route.access === 'module' ? 3 : 0);
    }
  });

  it('are refused together when two claim the same, or one leans on what is not there', () => {
    const promoter = get('promoter');
    const twin: Manifest = { ...promoter, key: 'twin', reads: [{ entity: 'venue.event', why: 'x' }] };
    const lost: Manifest = { ...get('ai'), uid: 'other', soldWith: ['finance'] };
    expect(wholeFaults([...manifests, twin, lost])).to.have.members([
      'module key ai is taken twice',
      `module uid ${promoter.uid} is taken twice`,
      'shared entity event is claimed twice',
      'twin reads venue.event, which nobody shares',
      'ai is sold with finance, which is no base module',
    ]);
    expect(wholeFaults(manifests)).to.deep.equal([]);
  });

  const addon = (key: string, more: Partial<Manifest> = {}): Manifest => ({
    ...get('touring'),
    uid: key,
    key,
    owns: [],
    reads: [],
    ...more,
  });
  const thing = { ...get('touring').owns[0]!, entity: 'thing', plural: 'things', shared: true };
  const REFUSED: [what: string, manifests: Manifest[], fault: string, path: (string | number)[]][] = [
    [
      'a shared entity that another shares already',
      [addon('one', { owns: [thing] }), addon('two', { owns: [thing] })],
      'shared entity thing is claimed twice',
      ['spec', 'data', 'owns', 0],
    ],
    [
      'a read of what nobody owns',
      [addon('one', { reads: [{ entity: 'ghost.thing', why: 'x' }] })],
      'one reads ghost.thing, which nobody shares',
      ['spec', 'data', 'reads', 0, 'entity'],
    ],
    [
      'a read of what its owner keeps for itself',
      [
        addon('one', { owns: [{ ...thing, shared: false }], type: 'base' }),
        addon('two', { reads: [{ entity: 'one.thing', why: 'x' }] }),
      ],
      'two reads one.thing, which nobody shares',
      ['spec', 'data', 'reads', 0, 'entity'],
    ],
    [
      'a read from an add-on',
      [addon('one', { owns: [thing] }), addon('two', { reads: [{ entity: 'one.thing', why: 'x' }] })],
      'two reads one.thing, but one is no base module, and only those are read',
      ['spec', 'data', 'reads', 0, 'entity'],
    ],
    [
      "a route under another's prefix",
      [
        addon('fin'),
        addon('two', {
          routes: [{ id: 'two.x.get', method: 'GET', path: '/api/fin/x', access: 'public', headers: [] }],
        }),
      ],
      'route two.x.get stands under /api/fin, which fin serves',
      ['spec', 'routes', 0],
    ],
    [
      'a key, and with it a route prefix and every permission, twice',
      [addon('one'), addon('one', { uid: 'other' })],
      'module key one is taken twice',
      ['metadata', 'key'],
    ],
  ];
  for (const [what, together, message, path] of REFUSED) {
    it(`are refused with ${what}`, () => {
      const faults = faultsBetween(together);
      expect(faults.map((fault) => ({ path: fault.path, message: fault.message }))).to.deep.equal([
        { path, message },
      ]);
      expect(faults[0]!.manifest).to.equal(together.at(-1));
    });
  }

  it('may have keys that begin alike: a prefix ends with its segment', () => {
    expect(
      faultsBetween([addon('fin', { owns: [{ ...thing, shared: false }] }), addon('finance')]),
    ).to.deep.equal([]);
  });

  it('are refused as a tree: each in the folder of its type and key, and all of them as one whole', () => {
    const root = mkdtempSync(join(tmpdir(), 'kisum-tree-'));
    const put = (folder: string, yaml: string): void => {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, 'module.yaml'), yaml);
    };
    try {
      put(
        'modules/addons/demo',
        DEMO_YAML.replace('  routes:', '    reads: [{ entity: promoter.event, why: x }]\n  routes:'),
      );
      expect(() => discoverManifests(root)).to.throw(
        /modules\/addons\/demo\/module\.yaml:\d+:\d+ demo reads promoter\.event, which nobody shares/,
      );
      put('modules/base/other', DEMO_YAML);
      put('modules/addons/broken', 'kind: Module\n');
      expect(() => discoverManifests(root))
        .to.throw('type addon stands in the folder of bases')
        .with.property('message')
        .that.includes('key demo stands in folder other')
        .and.matches(/broken\/module\.yaml:1:1 .*'metadata'/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
