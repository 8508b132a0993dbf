import { expect } from 'chai';
import { pino } from 'pino';
import { ChangeFeed } from '../../../gateway/access/feed.ts';
import type { Database } from '../../../platform/database/database.ts';
import { readChanges } from '../../../platform/versions.ts';
import { newMember } from '../../platform/fixtures.ts';
import { serverDatabase } from '../../support/databases.ts';
import { until } from '../../support/until.ts';

const nothingPruned = { whereRaw: () => nothingPruned, delete: () => 0 };

/** A feed over a database whose every answer is given by hand. */
function bench(maxStalenessMs = 60_000) {
  const asked: { answer: (row: object) => void; fail: (error: Error) => void }[] = [];
  const db = {
    raw: () =>
      new Promise((resolve, fail) => asked.push({ answer: (row) => resolve({ rows: [row] }), fail })),
  };
  const told: string[] = [];
  const feed = new ChangeFeed({
    db: Object.assign(() => nothingPruned, db) as unknown as Database,
    maxStalenessMs,
    log: pino({ level: 'silent' }),
  });
  feed.subscribe({
    onChanges: (changes) => told.push(...changes.map(({ kind, version }) => `${kind} ${version}`)),
    onReset: () => told.push('reset'),
  });
  /** Asks once and answers it. */
  const hear = async (row: object) => {
    const heard = feed.hear();
    asked.shift()!.answer({ next: '100', timeline: '00000001', kind: null, ...row });
    await heard;
    return told.splice(0);
  };
  return { feed, asked, told, hear };
}

describe('the feed of version changes', () => {
  it('trusts nothing before its first answer, and tells then that nothing held was proven', async () => {
    const { feed, hear } = bench();
    expect(feed.proven).to.equal(false);
    expect(feed.unprovenMs).to.equal(Infinity);
    expect(await hear({})).to.deep.equal(['reset']);
    expect(feed.proven).to.equal(true);
    expect(await hear({ next: '101' })).to.deep.equal([]);
  });

  for (const [what, row] of [
    ['another timeline: a standby was promoted', { timeline: '00000002', next: '200' }],
    ['a position before the last: it went back', { next: '99' }],
  ] as const) {
    it(`drops everything on ${what}`, async () => {
      const { hear } = bench();
      await hear({});
      expect(await hear(row)).to.deep.equal(['reset']);
    });
  }

  it('drops everything when the machine was suspended, or its clock was set', async () => {
    const { hear } = bench();
    await hear({});
    const { now } = Date;
    try {
      Date.now = () => now() + 3_600_000;
      expect(await hear({})).to.deep.equal(['reset']);
      expect(await hear({})).to.deep.equal([]);
      Date.now = now;
      expect(await hear({})).to.deep.equal(['reset']);
    } finally {
      Date.now = now;
    }
  });

  it('proves nothing for a time that any of the two clocks calls too long', async () => {
    const { feed, hear } = bench(1000);
    await hear({});
    const { now } = Date;
    try {
      Date.now = () => now() + 1500;
      expect(feed.proven).to.equal(false);
      Date.now = () => now() - 3_600_000;
      expect(feed.proven).to.equal(true);
    } finally {
      Date.now = now;
    }
  });

  it('once distrusted, drops everything and is trusted again with a poll that began later', async () => {
    const { feed, asked, told, hear } = bench();
    await hear({});
    const early = feed.hear();
    feed.distrust();
    expect(feed.proven).to.equal(false);
    asked.shift()!.answer({ next: '100', timeline: '00000001', kind: null });
    await early;
    expect(feed.proven).to.equal(false);
    await until(() => asked.length === 1);
    asked.shift()!.answer({ next: '100', timeline: '00000001', kind: null });
    await until(() => feed.proven);
    expect(told).to.deep.equal(['reset']);
  });

  it('who asks while a poll is under way is answered by the next one, and all of them by the same', async () => {
    const { feed, asked } = bench();
    const first = feed.hear();
    const later = [feed.hear(), feed.hear()];
    expect(asked).to.have.lengthOf(1);
    asked.shift()!.answer({ next: '100', timeline: '00000001', kind: null });
    await first;
    await until(() => asked.length === 1);
    asked.shift()!.answer({ next: '101', timeline: '00000001', kind: 'catalog', version: 3 });
    await Promise.all(later);
    expect(asked).to.have.lengthOf(0);
  });

  it('proves nothing with a poll that failed', async () => {
    const { feed, asked, hear } = bench(60_000);
    const failed = feed.hear();
    asked.shift()!.fail(new Error('recovery is in progress'));
    await failed;
    expect(feed.proven).to.equal(false);
    await hear({});
    expect(feed.proven).to.equal(true);
  });

  it('takes nothing from other readers that they have not heard, whatever its clock says', async function () {
    // The embedded database has no clock of its own.
    const { db, drop } = await serverDatabase(this);
    const { now } = Date;
    try {
      const { next } = await readChanges(db, null);
      await newMember(db);
      Date.now = () => now() + 24 * 3_600_000;
      const ahead = new ChangeFeed({ db, maxStalenessMs: 60_000, log: pino({ level: 'silent' }) });
      await ahead.hear();
      expect((await readChanges(db, next)).changes).to.not.deep.equal([]);
    } finally {
      Date.now = now;
      await drop();
    }
  });
});
