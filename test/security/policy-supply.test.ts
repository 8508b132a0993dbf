import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { pino } from 'pino';
import { loadBundle, openBundle, type Trust } from '../../policies/engine/bundle.ts';
import { PolicyFailure } from '../../policies/engine/failure.ts';
import { readVerifyKeys } from '../../policies/engine/signature-keys.ts';
import { projectFile } from '../../policies/root.ts';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig } from '../../gateway/config.ts';
import { startGateway } from '../../gateway/gateway.ts';
import type { Database } from '../../platform/database/database.ts';
import { corruptions, signedBundle, type SignedBundle } from '../support/corruptions.ts';
import { refused } from '../support/refused.ts';
import { openStage, type Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const EXPENSES = '/api/finance/expenses';

describe('policy supply', () => {
  describe('a bundle that is not the one locked keeps the gateway from starting', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kisum-policies-'));
      await cp(projectFile('policies', 'bundle'), join(folder, 'bundle'), { recursive: true });
    });
    afterEach(() => rm(folder, { recursive: true }));

    const start = async () => {
      const config = await readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        DATABASE_URL: 'postgres://127.0.0.1:1/none',
        AUTH_ISSUER: 'test-auth',
        AUTH_AUDIENCE: 'gateway',
        AUTH_JWKS_URL: 'http://127.0.0.1:1',
        ASSERTION_KEYS: await generateAssertionKeys(),
        POLICY_BUNDLE: join(folder, 'bundle'),
      });
      const gateway = await startGateway(config, undefined as unknown as Database, pino({ level: 'silent' }));
      await gateway.drain();
    };
    const file = (...path: string[]) => join(folder, ...path);
    const ARCHIVE = 'bundle.tar.gz';
    const LOCK = 'policy.lock.json';
    const relock = async (change: (lock: Record<string, unknown>) => void) => {
      const lock = JSON.parse(await readFile(file('bundle', LOCK), 'utf8')) as Record<string, unknown>;
      change(lock);
      await writeFile(file('bundle', LOCK), JSON.stringify(lock));
    };

    const SPOILED: Record<string, { spoil: () => Promise<void>; named: RegExp }> = {
      'one bit turned': {
        spoil: async () => {
          const archive = await readFile(file('bundle', ARCHIVE));
          archive[archive.length >> 1]! ^= 1;
          await writeFile(file('bundle', ARCHIVE), archive);
        },
        named: /not whole gzip/,
      },
      'cut short': {
        spoil: async () => {
          const archive = await readFile(file('bundle', ARCHIVE));
          await writeFile(file('bundle', ARCHIVE), archive.subarray(0, 1000));
        },
        named: /not whole gzip/,
      },
      'no policy': { spoil: () => rm(file('bundle', ARCHIVE)), named: /bundle\.tar\.gz cannot be read/ },
      'no folder': { spoil: () => rm(file('bundle'), { recursive: true }), named: /there is none at/ },
      'a lock that is no lock': {
        spoil: () => writeFile(file('bundle', LOCK), 'null'),
        named: /policy\.lock\.json is not a lock/,
      },
      'another revision in the lock': {
        spoil: () => relock((lock) => (lock['revision'] = 'ffffffffffff')),
        named: /policy\.wasm is not the one/,
      },
      'another content in the lock': {
        spoil: () => relock((lock) => (lock['digest'] = 'ff'.repeat(32))),
        named: /a file in it is not the one/,
      },
      'sources beside it that differ': {
        spoil: async () => {
          for (const part of ['kisum', 'system', 'capabilities.json'])
            await cp(projectFile('policies', part), file(part), { recursive: true });
          await writeFile(file('kisum', 'grant', 'grant.rego'), 'package kisum.grant\nmodule := true\n');
        },
        named: /kisum\/grant\/grant\.rego \(changed\)/,
      },
    };
    for (const [what, { spoil, named }] of Object.entries(SPOILED)) {
      it(what, async () => {
        await spoil();
        const error = await start().then(
          () => undefined,
          (thrown: unknown) => thrown as Error,
        );
        expect(error).to.be.instanceOf(Error);
        expect(error!.message)
          .to.match(/policy bundle refused/)
          .and.match(named);
      });
    }

    it('untouched, it is taken', async () => {
      expect((await loadBundle(join(folder, 'bundle'))).revision).to.match(/^[0-9a-f]{12}$/);
    });
  });

  describe('a corrupted bundle', () => {
    let good: SignedBundle;
    let trust: Trust;
    before(async () => {
      good = await signedBundle();
      trust = { verifyKeys: readVerifyKeys(good.verifyPem) };
    });

    const outcome = (archive: Uint8Array): Promise<unknown> =>
      openBundle(archive, trust).then(
        () => 'opened',
        (error: unknown) => error,
      );

    it('is refused and the fault named, whichever it is; the good one opens', async () => {
      const all = await corruptions(good);
      expect(all.length).to.be.greaterThan(100);
      expect(new Set(all.map(({ name }) => name)).size).to.equal(all.length);
      for (const { name, archive, refused: named } of all) {
        const failure = await outcome(archive);
        expect(failure, name).to.be.instanceOf(PolicyFailure).with.property('kind', 'bundle');
        expect((failure as PolicyFailure).message, name)
          .to.match(/^policy bundle refused: /)
          .and.match(named);
      }
      expect(await outcome(good.archive)).to.equal('opened');
    });

    it('is refused, never worse, whatever bytes were overwritten', async () => {
      const patch = fc.tuple(fc.nat(good.archive.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }));
      await fc.assert(
        fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 4 }), async (patches) => {
          const archive = Uint8Array.from(good.archive);
          for (const [at, bytes] of patches) archive.set(bytes.subarray(0, archive.length - at), at);
          // The gzip header's time and origin are nobody's business, nor is a byte replaced by itself.
          if (Buffer.compare(archive.subarray(10), good.archive.subarray(10)) === 0) return;
          expect(await outcome(archive)).to.be.instanceOf(PolicyFailure);
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('a catalog that cannot be served', () => {
    let stage: Stage;
    before(async () => (stage = await openStage()));
    after(() => stage.close());

    const ready = async () => {
      const response = await fetch(`${stage.gateway.adminUrl}/readyz`);
      return (await response.json()) as {
        status: string;
        checks: { catalog: { status: string; message?: string } };
        catalogVersion: number;
      };
    };
    const status = async (path: string) => {
      const response = await stage.call(path);
      await response.text();
      return response.status;
    };
    const insert = (id: string, path: string) =>
      stage.db('core.routes').insert({
        id,
        service_key: 'finance',
        method: 'GET',
        path,
        access: 'module',
        module_key: 'finance',
        permission_key: 'finance.expense.view',
        entity: 'finance.expense',
      });

    it('leaves the last good one in force, says degraded, and heals by itself', async () => {
      const { catalogVersion } = await ready();
      await insert('finance.bad', '/api/finance/bad/{id:nonsense}');
      await insert('finance.good', '/api/finance/good');
      await until(async () => (await ready()).status === 'degraded');
      const degraded = await ready();
      expect(degraded.checks.catalog.status).to.equal('degraded');
      expect(degraded.catalogVersion).to.equal(catalogVersion);
      expect(JSON.stringify(degraded)).to.not.match(/finance\.bad|nonsense/);
      expect(await status(EXPENSES)).to.equal(200);
      expect(await status('/api/finance/good')).to.equal(404);
      const told = stage.lines.filter(({ msg }) => String(msg).startsWith('catalog refused'));
      expect(JSON.stringify(told)).to.match(/finance\.bad/);

      await stage.db('core.routes').where({ id: 'finance.bad' }).delete();
      await until(async () => (await ready()).status === 'ready');
      expect(await status('/api/finance/good')).to.equal(200);
      expect((await ready()).catalogVersion).to.be.greaterThan(catalogVersion);
    });

    it('a grant does not wait for the catalog: changes are heard while it is refused', async () => {
      await insert('finance.bad', '/api/finance/bad/{id:nonsense}');
      await until(async () => (await ready()).status === 'degraded');
      await stage.db('auth.permission_grants').where({ permission_key: 'finance.expense.view' }).delete();
      await until(async () => (await status(EXPENSES)) === 403);
      expect((await refused(await stage.call(EXPENSES))).reasons).to.deep.equal(['permission_missing']);
    });
  });
});
