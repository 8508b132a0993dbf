import { expect } from 'chai';
import { mutantsOfCatalog } from '../../../../policies/workbench/mutants/data.ts';
import { smallCatalog } from '../../../../policies/workbench/mutants/run.ts';
import type { CatalogData } from '../../../../policies/contract.ts';

describe('mutants of the catalog', () => {
  const served = async (id: string): Promise<CatalogData> => {
    const found = mutantsOfCatalog(await smallCatalog()).find((mutant) => mutant.id === id);
    expect(found, id).to.exist;
    return (found!.change as { catalog: CatalogData }).catalog;
  };

  it('each is wrong in one row, and the catalog stays as it was', async () => {
    const catalog = await smallCatalog();
    const mutants = mutantsOfCatalog(catalog);
    expect(mutants.length).to.be.greaterThan(30);
    expect(catalog).to.deep.equal(await smallCatalog());
    for (const { id, before, after } of mutants) expect(before, id).to.not.equal(after);
    expect(new Set(mutants.map(({ id }) => id)).size).to.equal(mutants.length);
  });

  it('a route is opened, moved, or asks for another permission', async () => {
    const route = 'ai.score.list';
    expect((await served(`data:route-public:${route}`)).routes[route]).to.include({ access: 'public' });
    expect((await served(`data:route-moved:${route}`)).routes[route]).to.include({ module: 'finance' });
    expect((await served(`data:route-other-permission:${route}`)).routes[route]!.permission).to.not.equal(
      'ai.score.view',
    );
  });

  it('an add-on is sold with every base, with none, or sells more', async () => {
    expect((await served('data:addon-for-every-base:ai')).addons.ai).to.not.have.property('bases');
    expect((await served('data:addon-for-no-base:ai')).addons.ai!.bases).to.deep.equal({});
    expect((await served('data:addon-gains-module:ai')).addons.ai!.modules).to.deep.equal({
      ai: true,
      finance: true,
    });
  });

  it('what is shared and what is read change only where somebody reads it', async () => {
    const entities = mutantsOfCatalog(await smallCatalog()).filter(
      ({ operator }) => operator === 'data-entity-shared',
    );
    expect(entities.map(({ id }) => id)).to.deep.equal([
      'data:entity-shared:promoter.deal',
      'data:entity-shared:promoter.event',
      'data:entity-shared:venue.space',
    ]);
    const widened = await served('data:read-added:finance');
    expect(widened.reads.finance).to.include({ 'venue.space': true });
  });
});
