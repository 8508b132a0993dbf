import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import type { CatalogData, DecisionInput } from '../../../policies/contract.ts';
import { loadBundle, type Bundle } from '../../../policies/engine/bundle.ts';
import { createEngine, type PolicyEngine } from '../../../policies/engine/engine.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { PAGE_BYTES } from '../../../policies/engine/instance.ts';
import { goldenCatalog } from '../golden.ts';

const PUBLIC: DecisionInput = {
  route: 'checkout.shop.get',
  authenticated: false,
  caller: null,
  access: null,
};

/** Fits no instance, so that the engine itself throws: a real fault behind the guard. */
const overflow: DecisionInput = { ...PUBLIC, route: 'x'.repeat(17 * 1024 * 1024) };

describe('the engine', () => {
  let bundle: Bundle;

  before(async () => {
    bundle = await loadBundle();
  });

  const make = (options = {}) => createEngine(bundle, goldenCatalog(), { warmUp: 0, ...options });

  it('carries the revision of its bundle', async () => {
    expect((await make()).revision).to.equal(bundle.revision);
  });

  it('warms up on an empty catalog as on a full one', async () => {
    const empty: CatalogData = {
      modules: {},
      packages: {},
      addons: {},
      permissions: {},
      routes: {},
      entities: {},
      reads: {},
    };
    const engine = await createEngine(bundle, empty, { warmUp: 10 });
    expect(engine.decide(PUBLIC)).to.deep.equal({ allow: false, reason: 'route_unknown' });
    expect((await make({ warmUp: 200 })).decide(PUBLIC).allow).to.equal(true);
  });

  it('keeps the catalog it was made with', async () => {
    const catalog = goldenCatalog();
    const engine = await createEngine(bundle, catalog, { warmUp: 0, maxInputBytes: Infinity });
    catalog.routes = {};
    fails(engine, overflow, 'evaluation');
    expect(engine.decide(PUBLIC).allow).to.equal(true);
  });

  it('replaces an instance that threw, at once', async () => {
    const engine = await make({ maxInputBytes: Infinity });
    const { message, cause } = fails(engine, overflow, 'evaluation');
    expect(message).to.include('kisum/decision/decision');
    expect(cause).to.not.equal(undefined);
    expect(engine.decide(PUBLIC)).to.deep.equal({ allow: true, reason: null });
    expect(engine.failures).to.include({ evaluation: 1, unavailable: 0 });
  });

  it('answers nothing while no instance is ready, and heals by itself', async () => {
    const engine = await make({ maxInputBytes: Infinity });
    fails(engine, overflow, 'evaluation');
    fails(engine, overflow, 'evaluation');
    fails(engine, PUBLIC, 'unavailable');
    expect(engine.memoryBytes()).to.equal(0);
    await healed(engine);
    expect(engine.decide(PUBLIC).allow).to.equal(true);
    expect(engine.failures.evaluation).to.equal(2);
  });

  it('survives fault after fault', async () => {
    const engine = await make({ maxInputBytes: Infinity });
    for (let fault = 0; fault < 5; fault += 1) {
      fails(engine, overflow, 'evaluation');
      await healed(engine);
    }
    expect(engine.decide(PUBLIC).allow).to.equal(true);
  });

  it('gives memory back above the watermark', async () => {
    const engine = await make({ maxInputBytes: Infinity, watermarkPages: 64 });
    const small = engine.memoryBytes();
    engine.decide({ ...PUBLIC, route: 'x'.repeat(64 * PAGE_BYTES) });
    engine.decide(PUBLIC);
    expect(engine.memoryBytes()).to.equal(small);
  });

  it('gives no memory away over many questions', async () => {
    const engine = await make();
    const before = engine.memoryBytes();
    for (let turn = 0; turn < 20_000; turn += 1) engine.explain(PUBLIC);
    expect(engine.memoryBytes()).to.equal(before);
  });

  it('refuses a catalog it cannot hold', async () => {
    const routes = { ['x'.repeat(17 * 1024 * 1024)]: { access: 'public', method: 'GET' } as const };
    const failure: unknown = await createEngine(bundle, { ...goldenCatalog(), routes }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(PolicyFailure).with.property('kind', 'data');
  });
});

function fails(engine: PolicyEngine, input: DecisionInput, kind: string): PolicyFailure {
  try {
    engine.decide(input);
  } catch (error) {
    expect(error).to.be.instanceOf(PolicyFailure).with.property('kind', kind);
    return error as PolicyFailure;
  }
  return expect.fail(`decided instead of failing with ${kind}`);
}

/** A spare takes some turns of the event loop. */
async function healed(engine: PolicyEngine): Promise<void> {
  for (let turn = 0; turn < 10_000 && !answers(engine); turn += 1) await setImmediate();
  expect(answers(engine)).to.equal(true);
}

function answers(engine: PolicyEngine): boolean {
  try {
    return engine.decide(PUBLIC).allow;
  } catch {
    return false;
  }
}
