import { expect } from 'chai';
import type { CatalogData } from '../../../../policies/contract.ts';
import { loadBundle, type Bundle } from '../../../../policies/engine/bundle.ts';
import type { Block } from '../../../../policies/workbench/proof/block.ts';
import { createCourt, type Court } from '../../../../policies/workbench/proof/court.ts';
import { cellsCovered } from '../../../../policies/workbench/proof/covered.ts';
import { compileInvariants, type Invariants } from '../../../../policies/workbench/proof/judge.ts';
import { prove, type Proof, type ProofOptions } from '../../../../policies/workbench/proof/prove.ts';
import { examineRequests } from '../../../../policies/workbench/proof/requests.ts';
import { SWEEPS, blocksOf } from '../../../../policies/workbench/proof/sweeps.ts';
import { withCompiler } from '../../compiler.ts';
import { tinyCatalog } from './tiny.ts';

describe('a proof', function () {
  withCompiler(this);
  let bundle: Bundle;
  let invariants: Invariants;

  before(async () => {
    bundle = await loadBundle();
    invariants = await compileInvariants();
  });

  const proofOf = (
    catalog: { declared: CatalogData; served?: CatalogData },
    options: Partial<ProofOptions> = {},
  ): Promise<Proof> =>
    prove(bundle, {
      catalogs: [{ name: 'tiny', ...catalog }],
      invariants,
      size: 'quick',
      workers: 0,
      ...options,
    });

  it('says the same in one thread and in two, and tells how far it is', async () => {
    const declared = tinyCatalog();
    const told: number[] = [];
    let total = 0;
    const one = await proofOf({ declared });
    const two = await proofOf(
      { declared },
      { workers: 2, onProgress: (cells, of) => void (told.push(cells), (total = of)) },
    );
    expect(one.violations).to.deep.equal([]);
    expect(two.violations).to.deep.equal([]);
    expect(two.evaluated).to.equal(one.evaluated);
    for (const law of [
      'nothing without an active base',
      'effective access is what is entitled and granted',
    ]) {
      expect(two.byInvariant[law]).to.deep.equal(one.byInvariant[law]);
    }
    expect(told).to.deep.equal(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).to.equal(total).and.to.be.greaterThan(0);
  });

  it('notices laws that never applied', async () => {
    const declared = tinyCatalog();
    delete declared.routes['shop.window.get'];
    expect((await proofOf({ declared })).vacuous).to.deep.equal(['a public route is open to all']);
    expect((await proofOf({ declared: tinyCatalog() })).vacuous).to.deep.equal([]);
  });

  it('holds what is served against what is declared', async () => {
    const served = tinyCatalog();
    served.routes['money.bill.list'] = { access: 'public', method: 'GET' };
    const { violations } = await proofOf({ declared: tinyCatalog(), served });
    const [opened] = violations.filter(({ law }) => law.startsWith('without a token'));
    expect(opened?.input).to.deep.include({ route: 'money.bill.list', authenticated: false });
  });

  it('ends at the first counterexample where that is all that is wanted', async () => {
    const served = tinyCatalog();
    served.modules['money'] = { type: 'base' };
    const whole = await proofOf({ declared: tinyCatalog(), served });
    const first = await proofOf({ declared: tinyCatalog(), served }, { stopAtFirst: true });
    expect(first.violations.length).to.be.greaterThan(0);
    expect(first.evaluated).to.be.lessThan(whole.evaluated / 2);
  });

  it('stands for the whole product: what is drawn from it tells as a cell that was evaluated', () => {
    const declared = tinyCatalog();
    const names = SWEEPS.map(({ name }) => name);
    const evaluated = factsOf(
      blocksOf(
        declared,
        'all',
        names.filter((name) => name !== 'drawn'),
      ),
    );
    const drawn = factsOf(ofMembers(blocksOf(declared, 'all', ['drawn'])));
    expect(drawn.size).to.be.greaterThan(100);
    expect([...drawn].filter((facts) => !evaluated.has(facts))).to.deep.equal([]);
  });

  it('counts the product it stands for', () => {
    expect(cellsCovered(tinyCatalog()) > 10n ** 12n).to.equal(true);
    const larger = tinyCatalog();
    larger.addons['more'] = { modules: {} };
    expect(cellsCovered(larger) > 200n * cellsCovered(tinyCatalog())).to.equal(true);
  });

  /** Persons who are active members, of companies with at most two rows of everything. */
  function* ofMembers(blocks: Iterable<Block>): Generator<Block> {
    for (const block of blocks) {
      const { access, token, callers, routes } = block;
      const isPerson = token && callers[0] === null && access?.membership?.status === 'active';
      const known = routes.filter((id) => tinyCatalog().routes[id ?? '']?.access === 'module');
      if (isPerson && isSmall(access)) yield { ...block, routes: known };
    }
  }

  function isSmall({ subscriptions, addons }: NonNullable<Block['access']>): boolean {
    const names = [...subscriptions.map((row) => row.package), ...addons.map((row) => row.addon)];
    return names.every((name) => names.filter((it) => it === name).length <= 2);
  }

  /** What the questions of these blocks are told as, without the answers. */
  function factsOf(blocks: Iterable<Block>): Set<string> {
    const seen = new Set<string>();
    const declared = tinyCatalog();
    const court = createCourt({
      name: 'tiny',
      policy: bundle.module,
      invariants: invariants.module,
      declared,
      served: declared,
    });
    const noting: Court = {
      ...court,
      present: (cell) => {
        if (cell.startsWith('{"kind":"request"')) seen.add(cell.slice(0, cell.indexOf('"lost"')));
      },
    };
    for (const block of blocks) examineRequests(noting, { ...block, explained: false });
    return seen;
  }
});
