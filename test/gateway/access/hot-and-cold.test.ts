import { expect } from 'chai';
import { FactCache } from '../../../gateway/access/fact-cache.ts';
import { SegmentedCache } from '../../../gateway/access/segmented-cache.ts';

const HOT = 1000;
const COLD = 1_000_000;
const ROOM = 20_000;

const hot = (i: number) => `hot ${i % HOT}`;
const fact = { changesAt: Infinity };

describe('a million strangers', () => {
  for (const [what, times, between] of [
    ['once', 1, 100],
    ['three times', 3, 10],
  ] as const) {
    it(`who ask ${what} neither grow the memory nor push out those who come often`, async function () {
      this.timeout(10_000);
      const cache = new FactCache({ max: ROOM, proof: { proven: true }, read: () => Promise.resolve(fact) });
      for (let i = 0; i < 2 * HOT; i += 1) await cache.get(hot(i));

      let [asked, hits, held] = [0, 0, 0];
      for (let i = 0; i < COLD / times; i += 1) {
        for (let again = 0; again < times; again += 1) await cache.get(`cold ${i}`);
        if (i % between > 0) continue;
        if (!(cache.get(hot(asked)) instanceof Promise)) hits += 1;
        held = Math.max(held, cache.size);
        asked += 1;
      }
      expect(asked).to.be.at.least(10 * HOT);
      expect(hits / asked).to.be.at.least(0.99);
      expect(held)
        .to.be.at.most(ROOM)
        .and.greaterThan(ROOM / 2);
    });
  }
});

describe('a segmented cache', () => {
  const filled = (max: number, ...keys: string[]) => {
    const cache = new SegmentedCache<{ key: string }>(max);
    for (const key of keys) cache.set(key, { key });
    return cache;
  };
  const keysOf = (cache: { keys(): Iterable<string> }) => [...cache.keys()].sort();

  it('gives back what was set, once per key, and holds no more than it may', () => {
    const cache = filled(5, 'a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(keysOf(cache)).to.deep.equal(['c', 'd', 'e', 'f', 'g']);
    for (const key of ['c', 'd', 'e', 'f', 'g']) expect(cache.get(key)).to.deep.equal({ key });
    expect(keysOf(cache)).to.deep.equal(['c', 'd', 'e', 'f', 'g']);
    expect(cache.get('a')).to.equal(undefined);
  });

  it('replaces in place, before and after a key was asked for again', () => {
    const cache = filled(5, 'a');
    cache.set('a', { key: 'second' });
    expect(cache.get('a')).to.deep.equal({ key: 'second' });
    cache.set('a', { key: 'third' });
    expect(cache.peek('a')).to.deep.equal({ key: 'third' });
    expect(cache.size).to.equal(1);
  });

  it('puts what lost its place on probation again, and lets it go from there', () => {
    const cache = filled(5, 'a', 'b', 'c', 'd', 'e');
    for (const key of ['a', 'b', 'c', 'd', 'e']) cache.get(key);
    cache.set('f', { key: 'f' });
    expect(keysOf(cache)).to.deep.equal(['b', 'c', 'd', 'e', 'f']);
  });

  it('forgets one, and all', () => {
    const cache = filled(5, 'a', 'b');
    cache.get('a');
    cache.delete('a');
    cache.delete('b');
    expect(cache.size).to.equal(0);
    cache.set('a', { key: 'a' });
    cache.clear();
    expect(cache.peek('a')).to.equal(undefined);
  });
});
