import { LRUCache } from 'lru-cache';
import { expect } from 'chai';
import type { Access } from '../../../gateway/access/access.ts';
import type { UserFact } from '../../../gateway/access/source.ts';
import type { Refusal } from '../../../gateway/errors.ts';
import { Leases } from '../../../gateway/leases/leases.ts';
import type { Exchange } from '../../../gateway/request/exchange.ts';
import { until } from '../../support/until.ts';

/** Long, where a test is about something else: a slow machine must not end it. */
const LONG_MS = 60_000;
const SHORT_MS = 600;

/** A stream of a user, and when it was cut. */
type Held = Exchange & { cutAt?: number; refusal?: Refusal };

/** Leases on parts that fail, hang and count as a test says: the real ones cannot be brought to most of this. */
class Hall {
  readonly active = new Set<Exchange>();
  /** Users in the order they were read. */
  readonly reads: string[] = [];
  reading = 0;
  mostReading = 0;
  unprovenMs = 0;
  answer: (userId: string) => Promise<Access> = () => Promise.resolve(this.access());
  readonly leases: Leases;
  swap = () => {};
  allows: (userId: string) => boolean = () => true;
  asked = 0;
  isPolicyCurrent = true;
  /** Sweeps, and questions to policy. */
  looks = 0;

  constructor(leaseMs = LONG_MS) {
    const { active } = this;
    const route = { id: 'r', module: 'm', access: 'module' };
    const catalog = () => ({
      routes: { find: () => ({ route }) },
      decisions: new LRUCache<string, object>({ max: 1 }),
      engine: {
        decide: ({ access }: { access: { modules: string[] } }) => {
          this.asked += 1;
          const allow = this.allows(access.modules[0]!);
          return { allow, reason: allow ? null : 'permission_missing' };
        },
        explain: () => ({ allow: false, reasons: ['permission_missing'], remedies: [] }),
      },
    });
    const current = catalog();
    const isPolicyCurrent = () => ((this.looks += 1), this.isPolicyCurrent);
    const parts = {
      active,
      feed: { subscribe: () => {} },
      catalogs: { onSwap: (told: () => void) => (this.swap = told), current },
      policies: {
        get isCurrent() {
          return isPolicyCurrent();
        },
      },
      decisionLog: undefined,
      access: { user: () => fact, access: (userId: string) => this.#read(userId) },
    };
    const proven = () => this.unprovenMs;
    this.leases = new Leases(parts as never, {
      leaseMs,
      proof: {
        get unprovenMs() {
          return proven();
        },
      },
    });
    this.leases.start();
  }

  async #read(userId: string): Promise<Access> {
    this.reads.push(userId);
    this.reading += 1;
    this.mostReading = Math.max(this.mostReading, this.reading);
    try {
      return await this.answer(userId);
    } finally {
      this.reading -= 1;
    }
  }

  access(changesAt = Infinity, userId = 'u'): Access {
    const facts = { modules: [userId] };
    return { changesAt, record: { facts }, forModule: () => ({ facts, key: userId }) } as unknown as Access;
  }

  hold(userId: string, access = this.access(), isCuttable = () => true): Held {
    const held = {
      userId,
      companyId: 'c',
      subject: { kind: 'user', id: userId },
      req: { method: 'GET' },
      target: { path: '/' },
      match: { route: { id: 'r' } },
      decision: { allow: true, reason: null },
      access,
      user: fact,
      transfer: {
        cut: (refusal: Refusal) => {
          if (!isCuttable()) return false;
          Object.assign(held, { cutAt: performance.now(), refusal });
          this.active.delete(held);
          return true;
        },
      },
    } as unknown as Held;
    this.active.add(held);
    return held;
  }

  change(...userIds: string[]): void {
    this.leases.onChanges(userIds.map((userId) => ({ kind: 'access', userId, companyId: 'c', version: 1 })));
  }
}

const fact = { tokenVersion: 1, changesAt: Infinity } as UserFact;
const never = () => new Promise<Access>(() => {});

describe('a lease in doubt', () => {
  let hall: Hall;
  const takeHall = (leaseMs?: number) => {
    hall?.leases.stop();
    hall = new Hall(leaseMs);
  };
  beforeEach(() => takeHall());
  afterEach(() => hall.leases.stop());

  it('is read once for all that one user has open in one company', async () => {
    const all = Array.from({ length: 50 }, () => hall.hold('ana'));
    const other = hall.hold('ben');
    hall.change('ana');
    await until(() => all.every(({ access }) => access!.changesAt === Infinity) && hall.reads.length > 0);
    expect(hall.reads).to.deep.equal(['ana']);
    expect(other.cutAt).to.equal(undefined);
  });

  it('of many is read a few at a time, those that were named first', async () => {
    for (let n = 0; n < 500; n += 1) hall.hold(`other ${n}`);
    hall.hold('named');
    hall.answer = async () => {
      await new Promise(setImmediate);
      return hall.access();
    };
    hall.swap();
    hall.change('named');
    await until(() => hall.reads.length === 502);
    expect(hall.mostReading).to.equal(4);
    expect(hall.reads.indexOf('named')).to.be.lessThan(8);
  });

  it('lets requests have their turn while many are judged', async () => {
    for (let n = 0; n < 5000; n += 1) hall.hold(`u${n}`);
    hall.answer = (userId) => Promise.resolve(hall.access(Infinity, userId));
    let turns = 0;
    hall.swap();
    for (; hall.asked < 5000; turns += 1) await new Promise(setImmediate);
    expect(turns).to.be.greaterThan(2);
  });

  it('that the feed repeats is judged once', async () => {
    hall.hold('ana');
    hall.hold('ben');
    hall.change('ana');
    hall.change('ana');
    hall.change('ana', 'ben');
    hall.change('ana', 'ben');
    await until(() => hall.reads.length >= 2 && hall.reading === 0);
    expect(hall.reads).to.deep.equal(['ana', 'ben']);
    hall.leases.onReset();
    await until(() => hall.reads.length === 4);
    hall.change('ana');
    await until(() => hall.reads.length === 5);
  });

  for (const [what, answer] of [
    ['cannot be read', () => Promise.reject(new Error('down'))],
    ['is not answered', never],
  ] as const) {
    it(`that ${what} is cut when its time is up, and not before`, async () => {
      takeHall(SHORT_MS);
      const ana = hall.hold('ana');
      const ben = hall.hold('ben');
      hall.answer = answer;
      const began = performance.now();
      hall.change('ana');
      await until(() => ana.cutAt !== undefined);
      expect(ana.refusal).to.include({ code: 'service_unavailable' });
      expect(ana.cutAt! - began).to.be.greaterThan(SHORT_MS / 2);
      expect(ben.cutAt).to.equal(undefined);
    });
  }

  it('that can be read in time again goes on', async () => {
    const ana = hall.hold('ana');
    hall.answer = () => Promise.reject(new Error('down'));
    hall.change('ana');
    await until(() => hall.reads.length === 1);
    hall.answer = () => Promise.resolve(hall.access());
    await until(() => hall.asked === 1);
    expect(ana.cutAt).to.equal(undefined);
  });

  it('is one whose access ends by the clock', async () => {
    const ana = hall.hold('ana', hall.access(performance.now() + 100));
    hall.allows = () => false;
    await until(() => ana.cutAt !== undefined);
    expect(ana.refusal).to.include({ code: 'forbidden' });
  });

  it('is every one while no policy may be asked, and is cut when its time is up', async () => {
    takeHall(SHORT_MS);
    const ana = hall.hold('ana');
    hall.isPolicyCurrent = false;
    await until(() => ana.cutAt !== undefined);
    expect(ana.refusal).to.include({ code: 'service_unavailable' });
  });

  it('is every one of a user when nothing is heard, but none where nobody had to say who they are', async () => {
    const ana = hall.hold('ana');
    const anybody = hall.hold('x');
    Object.assign(anybody, { userId: undefined });
    hall.unprovenMs = LONG_MS;
    await until(() => ana.cutAt !== undefined);
    expect(anybody.cutAt).to.equal(undefined);
  });

  it('that was not heard of because the process stood still has a moment to be heard of', async () => {
    const ana = hall.hold('ana');
    hall.unprovenMs = LONG_MS;
    const { looks } = hall;
    for (const end = performance.now() + 600; performance.now() < end;);
    // The sweep that comes late spares it, and it is heard of before the next.
    await until(() => hall.looks > looks);
    hall.unprovenMs = 0;
    await until(() => hall.looks > looks + 1);
    expect(ana.cutAt).to.equal(undefined);
  });

  it('that cannot be cut when its time is up is judged again too, and goes on if it may', async () => {
    let isCuttable = false;
    const ana = hall.hold('ana', hall.access(), () => isCuttable);
    hall.unprovenMs = LONG_MS;
    await until(() => hall.reads.length >= 2);
    expect(ana.cutAt).to.equal(undefined);
    hall.unprovenMs = 0;
    const { looks } = hall;
    await until(() => hall.looks > looks + 1);
    isCuttable = true;
    await until(() => hall.looks > looks + 2);
    expect(ana.cutAt).to.equal(undefined);
  });

  it('that cannot be cut yet is judged again and again', async () => {
    let isCuttable = false;
    const ana = hall.hold('ana', hall.access(), () => isCuttable);
    hall.allows = () => false;
    hall.change('ana');
    await until(() => hall.reads.length >= 3);
    isCuttable = true;
    await until(() => ana.cutAt !== undefined);
    expect(ana.refusal).to.include({ code: 'forbidden' });
  });

  it('that was only just being judged is looked at once it is under way', async () => {
    const ana = hall.hold('ana');
    const { transfer } = ana;
    Object.assign(ana, { transfer: undefined, userId: undefined });
    hall.allows = () => false;
    hall.change('ana');
    Object.assign(ana, { transfer, userId: 'ana' });
    await until(() => ana.cutAt !== undefined);
  });
});
