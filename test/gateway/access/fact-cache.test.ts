import { expect } from 'chai';
import fc from 'fast-check';
import { FactCache } from '../../../gateway/access/fact-cache.ts';

interface Fact {
  version: number;
  changesAt: number;
}

/** A cache over a counter, whose every read waits until it is told to go on. */
function bench() {
  const state = { current: 0, proven: true, changesAt: Infinity };
  const waiting: { go: () => void; fail: (error: Error) => void }[] = [];
  const cache = new FactCache<Fact>({
    max: 10,
    proof: {
      get proven() {
        return state.proven;
      },
    },
    read: async () => {
      const fact = { version: state.current, changesAt: state.changesAt };
      await new Promise<void>((go, fail) => waiting.push({ go, fail }));
      return fact;
    },
  });
  const hear = (version = state.current) => cache.invalidate('key', (fact) => fact.version < version);
  return { state, waiting, cache, hear };
}

/** Until everything that can go on has gone on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the cache of facts', () => {
  it('reads once for all who ask, and then answers at once', async () => {
    const { cache, waiting } = bench();
    const asked = [cache.get('key'), cache.get('key')].map((it) => Promise.resolve(it));
    waiting.shift()!.go();
    expect(await Promise.all(asked)).to.have.lengthOf(2);
    expect(cache.get('key')).to.include({ version: 0 });
    expect({ reads: cache.reads, hits: cache.hits }).to.deep.equal({ reads: 1, hits: 1 });
  });

  it('does not keep what a change overtook', async () => {
    const { state, waiting, cache, hear } = bench();
    const asked = cache.get('key');
    state.current = 1;
    hear();
    waiting.shift()!.go();
    await settle();
    waiting.shift()!.go();
    expect(await asked).to.include({ version: 1 });
    expect(cache.get('key')).to.include({ version: 1 });
  });

  it('a change heard again is no reason to read again', async () => {
    const { state, waiting, cache, hear } = bench();
    state.current = 1;
    const asked = cache.get('key');
    hear(1);
    waiting.shift()!.go();
    expect(await asked).to.include({ version: 1 });
    hear(1);
    expect(cache.get('key')).to.include({ version: 1 });
    expect(cache.reads).to.equal(1);
  });

  it('gives up on what changes faster than it can be read, instead of holding the request for ever', async () => {
    const { state, waiting, cache, hear } = bench();
    const asked = Promise.resolve(cache.get('key')).catch((error: Error) => error);
    for (let reads = 0; waiting.length > 0; reads += 1) {
      expect(reads).to.be.at.most(10);
      state.current += 1;
      hear();
      waiting.shift()!.go();
      await settle();
    }
    expect(await asked).to.be.instanceOf(Error);
  });

  it('uses nothing while it is not proven current, and keeps nothing read meanwhile', async () => {
    const { state, waiting, cache } = bench();
    void cache.get('key');
    waiting.shift()!.go();
    await settle();
    expect(cache.get('key')).to.include({ version: 0 });
    state.proven = false;
    state.current = 1;
    const asked = cache.get('key');
    expect(asked).to.be.instanceOf(Promise);
    waiting.shift()!.go();
    expect(await asked).to.include({ version: 1 });
    state.proven = true;
    expect(cache.get('key')).to.include({ version: 0 });
  });

  it('does not join a read that may have looked before what the asker knows of', async () => {
    const { state, waiting, cache } = bench();
    const early = cache.get('key');
    state.current = 1;
    const now = performance.now.bind(performance);
    performance.now = () => now() + 300;
    try {
      const late = cache.get('key');
      expect(waiting).to.have.lengthOf(2);
      waiting.pop()!.go();
      expect(await late).to.include({ version: 1 });
      waiting.pop()!.go();
      expect(await early).to.include({ version: 0 });
      expect(cache.get('key')).to.include({ version: 1 });
    } finally {
      performance.now = now;
    }
  });

  it('ends a fact whose time is over', async () => {
    const { state, waiting, cache } = bench();
    state.changesAt = performance.now() - 1;
    void cache.get('key');
    waiting.shift()!.go();
    await settle();
    expect(cache.get('key')).to.be.instanceOf(Promise);
  });

  it('a failed read is told to all who waited, and is not remembered', async () => {
    const { waiting, cache } = bench();
    const asked = [cache.get('key'), cache.get('key')].map((it) =>
      Promise.resolve(it).catch((error: Error) => error.message),
    );
    waiting.shift()!.fail(new Error('down'));
    expect(await Promise.all(asked)).to.deep.equal(['down', 'down']);
    void cache.get('key');
    expect(waiting).to.have.lengthOf(1);
  });

  it('law: whatever happens in whatever order, nothing older than a change heard is ever served after it', async () => {
    const step = fc.oneof(
      fc.constantFrom('change', 'hear', 'hear again', 'hear of all', 'get', 'lose', 'prove'),
      fc.record({ finish: fc.nat(), well: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { state, waiting, cache, hear } = bench();
        let heard = 0;
        const served = (fact: Fact) => expect(fact.version).to.be.at.least(heard);
        for (const it of steps) {
          if (typeof it === 'object') {
            const [read] = waiting.splice(it.finish % Math.max(1, waiting.length), 1);
            if (it.well) read?.go();
            else read?.fail(new Error('down'));
          } else if (it === 'change') state.current += 1;
          else if (it === 'hear') hear((heard = state.current));
          else if (it === 'hear again') hear(heard);
          else if (it === 'hear of all') {
            heard = state.current;
            cache.invalidateAll();
          } else if (it === 'lose') state.proven = false;
          else if (it === 'prove') state.proven = true;
          else {
            const fact = cache.get('key');
            if (fact instanceof Promise) void fact.then(served, () => {});
            else served(fact);
          }
          await settle();
        }
      }),
      { numRuns: 400 },
    );
  });
});
