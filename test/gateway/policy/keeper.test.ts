import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { packArchive } from '../../../policies/engine/archive.ts';
import type { BundleFiles } from '../../../policies/engine/archive-files.ts';
import type { Bundle } from '../../../policies/engine/bundle.ts';
import { readVerifyKeys } from '../../../policies/engine/signature-keys.ts';
import { PolicyCache } from '../../../gateway/policy/cache.ts';
import { PolicyKeeper } from '../../../gateway/policy/keeper.ts';
import { sourceAt } from '../../../gateway/policy/source-at.ts';
import {
  bundleKeys,
  place,
  policyMarked,
  revisionIn,
  serveBundle,
  signedArchive,
  withManifest,
  type BundleKeys,
  type BundleServer,
} from '../../support/policies.ts';
import { serve } from '../../support/servers.ts';
import { collect } from '../../support/lines.ts';

const HOUR = 3_600_000;
const BROKEN = Buffer.from('no bundle');

describe('the keeper of the policy', () => {
  let policies: BundleFiles[];
  let keys: BundleKeys;
  let folder: string;
  let file: string;
  let server: BundleServer;
  /** Hours pass when a test says so. */
  let now: number;
  let activated: Bundle[];
  let lines: Record<string, unknown>[];
  /** What the catalog makes of a policy. */
  let fault: Error | undefined;
  let catalogVersion: number;

  before(async () => {
    policies = await Promise.all(['one', 'two', 'three', 'four', 'five'].map(policyMarked));
    keys = await bundleKeys();
    server = await serveBundle(BROKEN);
  });
  after(() => server.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-keeper-'));
    file = join(folder, 'bundle.tar.gz');
    now = 1_800_000_000_000;
    activated = [];
    lines = [];
    fault = undefined;
    catalogVersion = 1;
    server.answer = undefined;
    server.asked.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cacheFolder = () => join(folder, 'cache');
  const archive = async (index: number) => Buffer.from(await packArchive(policies[index]!));
  const signed = (index: number, at: number, by = keys) => signedArchive(policies[index]!, by, at);
  const revision = (index: number) => revisionIn(policies[index]!);
  const inForce = () => activated.at(-1)?.revision;

  async function keeper(
    from: string,
    { cached = true, isSigned = false }: { cached?: boolean; isSigned?: boolean } = {},
  ): Promise<PolicyKeeper> {
    const verifyKeys = isSigned ? readVerifyKeys(await readFile(keys.verifyFile, 'utf8')) : null;
    return new PolicyKeeper({
      source: sourceAt(from),
      trust: { verifyKeys },
      cache: cached ? new PolicyCache(cacheFolder()) : undefined,
      activate: (bundle) => {
        if (fault) return Promise.reject(fault);
        activated.push(bundle);
        return Promise.resolve();
      },
      basis: () => catalogVersion,
      pollMs: HOUR,
      maxStalenessMs: HOUR,
      log: pino({ base: null }, collect(lines)),
      clock: { monotonic: () => now, wall: () => now },
    });
  }
  async function opened(...args: Parameters<typeof keeper>): Promise<PolicyKeeper> {
    const it = await keeper(...args);
    await it.open();
    return it;
  }
  const told = (text: RegExp) => lines.filter((line) => text.test(JSON.stringify(line)));
  const refusedToOpen = async (from: string, options?: Parameters<typeof keeper>[1]) => {
    const it = await keeper(from, options);
    const error = await it.open().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    if (!error) throw new Error('it was opened');
    return error.message;
  };

  it('follows a file, each policy activated once', async () => {
    await place(file, await archive(0));
    const it = await opened(file);
    await it.poll();
    expect(activated.map((bundle) => bundle.revision)).to.deep.equal([revision(0)]);
    await place(file, await archive(1));
    await it.poll();
    await it.poll();
    expect(activated.map((bundle) => bundle.revision)).to.deep.equal([revision(0), revision(1)]);
    expect(it.failure).to.equal(undefined);
    expect(it.activations).to.equal(2);
  });

  it('what is refused leaves the old one, is told once, tried once, and heals', async () => {
    await place(file, await archive(0));
    const it = await opened(file);
    await place(file, BROKEN);
    await it.poll();
    await it.poll();
    expect(it.failure?.message).to.match(/policy bundle refused/);
    expect(inForce()).to.equal(revision(0));
    expect(told(/policy not taken/)).to.have.length(1);
    await place(file, await archive(1));
    await it.poll();
    expect(it.failure).to.equal(undefined);
    expect(inForce()).to.equal(revision(1));
  });

  it('one that the catalog does not bear is tried again on the next catalog, and not before', async () => {
    await place(file, await archive(0));
    const it = await opened(file);
    fault = new Error('not on this catalog');
    await place(file, await archive(1));
    await it.poll();
    fault = undefined;
    await it.poll();
    expect([inForce(), it.failure?.message]).to.deep.equal([revision(0), 'not on this catalog']);
    catalogVersion = 2;
    await it.poll();
    expect(inForce()).to.equal(revision(1));
  });

  it('a file that goes away is no reason to stop, nor is one that only was signed anew', async () => {
    await place(file, await signed(0, 1000));
    const it = await opened(file, { isSigned: true });
    await rm(file);
    await it.poll();
    expect(it.failure).to.be.instanceOf(Error);
    expect(it.isCurrent).to.equal(true);
    await place(file, await signed(0, 2000));
    await it.poll();
    expect(it.failure).to.equal(undefined);
    expect(activated).to.have.length(1);
    await place(file, await signed(1, 1500));
    await it.poll();
    expect(it.failure?.message).to.match(/rolled back/);
  });

  describe('from a bundle server', () => {
    const url = () => `${server.url}/b`;

    it('stores the tag only once the bundle is in force', async () => {
      server.archive = await archive(0);
      const it = await opened(url());
      await it.poll();
      expect(server.asked[0]).to.equal('');
      const tag = server.asked[1];
      expect(tag).to.match(/^"[0-9a-f]{64}"$/);
      const unfit = withManifest(policies[1]!, (manifest) => ({ ...manifest, roots: [''] }));
      for (const refused of [BROKEN, Buffer.from(await packArchive(unfit))]) {
        server.archive = refused;
        server.asked.length = 0;
        await it.poll();
        await it.poll();
        expect(server.asked).to.deep.equal([tag, tag]);
        expect([inForce(), it.failure !== undefined]).to.deep.equal([revision(0), true]);
      }
      server.archive = await archive(1);
      await it.poll();
      expect(inForce()).to.equal(revision(1));
    });

    it('decides for as long as the server was heard of, then not, and again when it is back', async () => {
      server.archive = await archive(0);
      const it = await opened(url());
      server.answer = (_, res) => res.writeHead(500).end();
      await it.poll();
      now += HOUR;
      expect([it.isCurrent, it.failure !== undefined]).to.deep.equal([true, true]);
      now += 1;
      expect(it.isCurrent).to.equal(false);
      server.answer = undefined;
      await it.poll();
      expect([it.isCurrent, it.failure]).to.deep.equal([true, undefined]);
    });

    it('one that offers only refused bundles confirms nothing', async () => {
      server.archive = await archive(0);
      const it = await opened(url());
      server.archive = BROKEN;
      now += HOUR + 1;
      await it.poll();
      expect(it.isCurrent).to.equal(false);
      server.archive = await archive(0);
      await it.poll();
      expect(it.isCurrent).to.equal(true);
    });

    it('down at the start: the last good one, for the rest of its time', async () => {
      server.archive = await archive(0);
      await opened(url());
      server.answer = (req) => req.socket.destroy();
      now += HOUR / 2;
      const again = await opened(url());
      expect(inForce()).to.equal(revision(0));
      expect(again.failure).to.be.instanceOf(Error);
      expect(again.isCurrent).to.equal(true);
      expect(told(/the last good policy is in force/)).to.have.length(1);
      now += HOUR / 2 + 1;
      expect(again.isCurrent).to.equal(false);
      expect((await opened(url())).isCurrent).to.equal(false);
      server.answer = undefined;
      await again.poll();
      expect([again.isCurrent, again.failure]).to.deep.equal([true, undefined]);
    });

    it('a clock that was set back makes nothing fresh', async () => {
      server.archive = await archive(0);
      await opened(url());
      server.answer = (req) => req.socket.destroy();
      now -= HOUR;
      expect((await opened(url())).isCurrent).to.equal(false);
    });

    it('down at the start, and nothing kept: no start, and it says why', async () => {
      const gone = await serve(() => {});
      gone.close();
      expect(await refusedToOpen(gone.url)).to.match(/ECONNREFUSED/);
      server.answer = (_, res) => res.writeHead(503).end();
      expect(await refusedToOpen(url())).to.match(/answered 503/);
    });
  });

  describe('at the start', () => {
    it('a refused bundle: the last good one stands in, or the start is refused', async () => {
      await place(file, BROKEN);
      expect(await refusedToOpen(file)).to.match(/policy bundle refused/);
      await place(file, await archive(0));
      await opened(file);
      await place(file, BROKEN);
      expect((await opened(file)).failure).to.be.instanceOf(Error);
      expect(inForce()).to.equal(revision(0));
      expect(await refusedToOpen(file, { cached: false })).to.match(/policy bundle refused/);
    });

    it('what is kept passes the same gates: one that was changed on disk is passed over', async () => {
      await place(file, await archive(0));
      const it = await opened(file);
      await place(file, await archive(1));
      await it.poll();
      await place(file, BROKEN);
      const { kept } = await new PolicyCache(cacheFolder()).state();
      await writeFile(join(cacheFolder(), `${kept[0]!.id}.tar.gz`), await archive(2));
      await opened(file);
      expect(inForce()).to.equal(revision(0));
      expect(told(/is not what was kept/)).to.have.length(1);
    });

    it('what is kept must be signed like any other', async () => {
      await place(file, await archive(0));
      await opened(file);
      await place(file, BROKEN);
      expect(await refusedToOpen(file, { isSigned: true })).to.match(/gzip/);
      expect(told(/it is not signed/)).to.have.length(1);
    });

    it('a damaged record of what was kept is told, and begun anew', async () => {
      await place(file, await archive(0));
      await opened(file);
      for (const text of ['', '{', 'null', '{"kept":[{"id":"../../etc/passwd"}]}']) {
        await writeFile(join(cacheFolder(), 'state.json'), text);
        lines.length = 0;
        await opened(file);
        expect(told(/damaged/)).to.have.length(1);
      }
      expect((await new PolicyCache(cacheFolder()).state()).kept).to.have.length(1);
    });
  });

  it('keeps the last three, and nothing else', async () => {
    await place(file, await archive(0));
    const it = await opened(file);
    for (const index of [1, 2, 3, 4]) {
      await place(file, await archive(index));
      await it.poll();
    }
    const { kept, inForce: id } = await new PolicyCache(cacheFolder()).state();
    expect(kept.map((one) => one.revision)).to.deep.equal([revision(4), revision(3), revision(2)]);
    expect(id).to.equal(kept[0]!.id);
    expect(await readdir(cacheFolder())).to.have.members([
      'state.json',
      ...kept.map((one) => `${one.id}.tar.gz`),
    ]);
  });

  it('a disk that takes nothing holds no policy up; it is told once, and made up for later', async () => {
    await place(file, await archive(0));
    const it = await opened(file);
    await rm(join(cacheFolder(), 'state.json'));
    await mkdir(join(cacheFolder(), 'state.json'));
    await place(file, await archive(1));
    await it.poll();
    await it.poll();
    expect(inForce()).to.equal(revision(1));
    expect(it.failure).to.be.instanceOf(Error);
    expect(told(/cannot be kept on disk/)).to.have.length(1);
    await rm(join(cacheFolder(), 'state.json'), { recursive: true });
    await it.poll();
    expect(it.failure).to.equal(undefined);
    expect((await new PolicyCache(cacheFolder()).state()).kept[0]!.revision).to.equal(revision(1));
  });

  describe('signed', () => {
    const open = () => opened(file, { isSigned: true });

    it('one signed earlier is refused, now and after a restart', async () => {
      await place(file, await signed(0, 2000));
      const it = await open();
      await place(file, await signed(1, 1999));
      await it.poll();
      expect(it.failure?.message).to.match(/rolled back: signed .* policy rollback/);
      await open();
      expect(inForce()).to.equal(revision(0));
      await place(file, await signed(1, 2000));
      await it.poll();
      expect(inForce()).to.equal(revision(1));
    });

    it('unsigned, by another key, or from the future: refused', async () => {
      await place(file, await signed(0, 2000));
      const it = await open();
      const other = await bundleKeys();
      const WRONG: [Buffer, RegExp][] = [
        [await archive(1), /not signed/],
        [await signed(1, 3000, other), /signature is not by the key/],
        [await signed(1, now / 1000 + 3600), /signed in the future/],
      ];
      for (const [bytes, reason] of WRONG) {
        await place(file, bytes);
        await it.poll();
        expect(it.failure?.message).to.match(reason);
      }
      expect(inForce()).to.equal(revision(0));
    });
  });

  describe('rolled back by an operator', () => {
    const cache = () => new PolicyCache(cacheFolder());
    const pinTo = async (index: number) => {
      const { kept } = await cache().state();
      const { id } = kept.find((one) => one.revision === revision(index))!;
      await cache().setPin({ id, revision: revision(index), by: 'ana', at: new Date(now).toISOString() });
    };
    async function two(): Promise<PolicyKeeper> {
      await place(file, await signed(0, 1000));
      const it = await opened(file, { isSigned: true });
      await place(file, await signed(1, 2000));
      await it.poll();
      return it;
    }

    it('an older one is in force at the next look, and stays, whatever the source has', async () => {
      const it = await two();
      await pinTo(0);
      await it.poll();
      expect([inForce(), it.isPinned, it.failure]).to.deep.equal([revision(0), true, undefined]);
      await place(file, await signed(2, 3000));
      await it.poll();
      expect(inForce()).to.equal(revision(0));
      expect((await opened(file, { isSigned: true })).isPinned).to.equal(true);
      expect(inForce()).to.equal(revision(0));
      expect((await cache().state()).inForce).to.equal((await cache().pin())!.id);

      await cache().setPin(undefined);
      await it.poll();
      expect([inForce(), it.isPinned]).to.deep.equal([revision(2), false]);
    });

    it('the end of it lowers no floor', async () => {
      const it = await two();
      await pinTo(0);
      await it.poll();
      await place(file, await signed(2, 1500));
      await cache().setPin(undefined);
      await it.poll();
      expect(it.failure?.message).to.match(/rolled back/);
      expect(inForce()).to.equal(revision(0));
    });

    it('to one that cannot be used: what is in force stays, and it says what to do', async () => {
      const it = await two();
      await pinTo(0);
      await writeFile(join(cacheFolder(), `${(await cache().pin())!.id}.tar.gz`), BROKEN);
      await it.poll();
      expect(it.failure?.message).to.match(/cannot be used.*policy rollback --end/);
      expect([inForce(), it.isPinned]).to.deep.equal([revision(1), false]);
    });

    it('a wish nobody can read changes nothing', async () => {
      const it = await two();
      for (const text of ['', '{}', '{"id":"../bundle","revision":"","by":"","at":"2026-01-01"}']) {
        await writeFile(join(cacheFolder(), 'pin.json'), text);
        await it.poll();
        expect(it.failure?.message).to.match(/damaged/);
      }
      expect(inForce()).to.equal(revision(1));
    });

    it('on a server: it is believed without the server', async () => {
      server.archive = await archive(0);
      const it = await opened(server.url);
      server.archive = await archive(1);
      await it.poll();
      await pinTo(0);
      await it.poll();
      const asked = server.asked.length;
      now += 2 * HOUR;
      await it.poll();
      expect([it.isCurrent, server.asked.length]).to.deep.equal([true, asked]);
      await cache().setPin(undefined);
      await it.poll();
      expect([inForce(), it.isCurrent]).to.deep.equal([revision(1), true]);
    });
  });
});
