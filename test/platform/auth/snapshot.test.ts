import { expect } from 'chai';
import { discoverManifests } from '../../../modules/manifest/discover.ts';
import { readAccess } from '../../../platform/auth/access.ts';
import { readSnapshot } from '../../../platform/auth/snapshot.ts';
import { readCatalog } from '../../../platform/core/catalog.ts';
import { seedDemo } from '../../../platform/demo.ts';
import { anonymous, factsOf, parseSnapshot } from '../../../policies/workbench/impact/snapshot.ts';
import { embeddedDatabase, serverDatabase, type TestDatabase } from '../../support/databases.ts';
import { register } from '../fixtures.ts';

function snapshotContract(open: (test: Mocha.Context) => Promise<TestDatabase>): void {
  let test: TestDatabase | undefined;

  before(async function () {
    this.timeout(60_000);
    test = await open(this);
    await register(test.db, ...discoverManifests().map(({ manifest }) => manifest));
    await seedDemo(test.db);
  });
  after(() => test?.drop());

  it('tells of each member exactly what a gateway reads, and of the catalog the same', async () => {
    const { db } = test!;
    const snapshot = await readSnapshot(db);
    const { version, data } = await readCatalog(db);
    expect([snapshot.catalogVersion, snapshot.catalog]).to.deep.equal([version, data]);
    const members = snapshot.companies.flatMap((company) =>
      company.members.map((member) => ({ company, member })),
    );
    expect(members.map(({ company, member }) => `${member.name} in ${company.name}`)).to.deep.equal([
      'Ana in Acme',
      'Ben in Acme',
      'Cleo in Acme',
      'Cleo in Bluenote',
      'Lee in Lapsed',
      'Sol in Solo',
    ]);
    for (const { company, member } of members) {
      const { facts, role } = await readAccess(db, member.id, company.id);
      expect(factsOf(company, member)).to.deep.equal(facts);
      expect(member.role).to.equal(role!.key);
    }
    expect(Math.abs(Date.parse(snapshot.takenAt) - Date.now())).to.be.lessThan(60_000);
  });

  it('is a file and back', async () => {
    const snapshot = await readSnapshot(test!.db);
    expect(parseSnapshot(JSON.stringify(snapshot), 'it')).to.deep.equal(snapshot);
    const nameless = JSON.stringify(anonymous(snapshot));
    expect(nameless).to.not.match(/Acme|Ana\b|"name"/);
    expect(parseSnapshot(nameless, 'it').companies).to.have.length(4);
  });
}

describe('the snapshot of access, embedded', () => snapshotContract(() => embeddedDatabase()));
describe('the snapshot of access, on a server', () => snapshotContract((it) => serverDatabase(it)));
