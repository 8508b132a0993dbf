import { expect } from 'chai';
import { withChanges } from '../../../cli/impact/with.ts';
import { discoverManifests } from '../../../modules/manifest/discover.ts';
import { grant, revoke } from '../../../platform/auth/memberships.ts';
import { readSnapshot } from '../../../platform/auth/snapshot.ts';
import { entitle, unentitle } from '../../../platform/core/entitlements.ts';
import { seedDemo } from '../../../platform/demo.ts';
import { equal } from '../../../policies/canonical.ts';
import type { AccessSnapshot } from '../../../policies/workbench/impact/snapshot.ts';
import { ACTOR, register } from '../../platform/fixtures.ts';
import { embeddedDatabase, type TestDatabase } from '../../support/databases.ts';
import { COMPANY, USER } from '../../support/stage.ts';

const { acme: companyId } = COMPANY;
const ben = { userId: USER.ben, companyId };

describe('changes that nobody made are what the same changes make of the database', () => {
  const manifests = discoverManifests().map(({ manifest }) => manifest);
  const late = ['market', 'venue_marketplace', 'finance', 'vendor', 'checkout'];
  let test: TestDatabase;
  before(async () => {
    test = await embeddedDatabase();
    await register(test.db, ...manifests.filter(({ key }) => !late.includes(key)));
  });
  after(() => test.drop());

  for (const key of late.filter((it) => manifests.some((manifest) => manifest.key === it)).reverse()) {
    it(`+module:${key}`, async () => {
      const foretold = withChanges(await readSnapshot(test.db), [`+module:${key}`]);
      await register(
        test.db,
        manifests.find((manifest) => manifest.key === key)!,
      );
      const { catalog } = await readSnapshot(test.db);
      expect(equal(foretold.catalog, catalog), JSON.stringify([foretold.catalog, catalog])).to.equal(true);
      expect(Object.keys(catalog.routes).some((route) => route.startsWith(`${key}.`))).to.equal(true);
    });
  }

  it('and a second time changes nothing', async () => {
    const snapshot = await readSnapshot(test.db);
    const changed = withChanges(
      snapshot,
      manifests.map(({ key }) => `+module:${key}`),
    );
    expect(equal(changed.catalog, snapshot.catalog)).to.equal(true);
  });

  const changes: [string, () => Promise<unknown>][] = [
    ['+grant:ben:acme:ai', () => grant(test.db, ben, { modules: ['ai'], permissions: [] }, ACTOR)],
    [
      '-grant:ben:acme:finance.expense.view',
      () => revoke(test.db, ben, { modules: [], permissions: ['finance.expense.view'] }, ACTOR),
    ],
    [
      '-subscription:acme:basic_promoter',
      () => unentitle(test.db, { companyId, kind: 'package', key: 'basic_promoter' }, ACTOR),
    ],
    [
      '+addon:Acme:venue_marketplace',
      () =>
        entitle(
          test.db,
          { companyId, kind: 'addon', key: 'venue_marketplace' },
          () => ({ status: 'active', endsAt: null }),
          ACTOR,
        ),
    ],
    ['-addon_modules:ai:ai', () => test.db('core.addon_modules').where({ addon_key: 'ai' }).delete()],
    [
      '+addon_bases:ai:venue',
      () => test.db('core.addon_bases').insert({ addon_key: 'ai', module_key: 'venue', module_type: 'base' }),
    ],
  ];
  for (const [change, make] of changes) {
    it(change, async () => {
      await seedDemo(test.db);
      const before = await readSnapshot(test.db);
      await make();
      const after = comparable(await readSnapshot(test.db));
      expect(equal(comparable(before), after)).to.equal(false);
      expect(comparable(withChanges(before, [change]))).to.deep.equal(after);
    });
  }

  /** Without what a moment and an order of rows have to do with it. */
  function comparable({ catalog, companies }: AccessSnapshot): object {
    const rows = (bought: object[]): string[] => bought.map((row) => JSON.stringify(row)).sort();
    const sorted = companies.map((company) => ({
      ...company,
      subscriptions: rows(company.subscriptions),
      addons: rows(company.addons),
    }));
    return JSON.parse(JSON.stringify({ catalog, companies: sorted })) as object;
  }
});

describe('a change that cannot be', () => {
  let snapshot: AccessSnapshot;
  before(async () => {
    const { db, drop } = await embeddedDatabase();
    await register(db, ...discoverManifests().map(({ manifest }) => manifest));
    await seedDemo(db);
    snapshot = await readSnapshot(db);
    await drop();
  });

  const refused: [string, RegExp][] = [
    ['grant:ben:acme:ai', /begins with neither \+ nor -/],
    ['+grand:ben:acme:ai', /did you mean grant/],
    ['+__proto__:x', /can not be changed/],
    ['+grant:ben:acme', /does not say what it changes/],
    ['+grant:ban:acme:ai', /none of the members of Acme is called "ban" \(did you mean Ben\?\)/],
    ['+grant:ben:acne:ai', /none of the companies in the snapshot is called "acne" \(did you mean Acme\?\)/],
    ['+grant:drew:acme:ai', /none of the members of Acme/],
    ['+grant:ben:acme:finance.expense.vew', /did you mean finance\.expense\.view/],
    ['+grant:ben:acme:constructor', /no module or permission is called "constructor"/],
    ['+addon_modules:aj:ai', /no add-on is called "aj" \(did you mean ai\?\)/],
    ['+addon_modules:ai:financ', /no module is called "financ" \(did you mean finance\?\)/],
    ['+addon_modules:ai:ai', /ai has ai among its modules already/],
    ['-package_modules:basic_venue:ai', /basic_venue does not have ai/],
    ['-addon:solo:ai', /Solo has no ai that could end/],
    ['+module:financ', /did you mean finance/],
    ['-module:finance', /never leaves the catalog/],
  ];
  for (const [change, why] of refused) {
    it(change, () =>
      expect(() => withChanges(snapshot, [change]))
        .to.throw(why)
        .with.property('exitCode', 2),
    );
  }

  it('leaves the snapshot as it was', () => {
    const before = structuredClone(snapshot);
    withChanges(snapshot, ['+grant:ben:acme:ai.*', '-addon_modules:ai:ai', '-addon:acme:ai']);
    expect(snapshot).to.deep.equal(before);
  });
});
