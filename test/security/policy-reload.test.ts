import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packArchive } from '../../policies/engine/archive.ts';
import type { BundleFiles } from '../../policies/engine/archive-files.ts';
import { claimsIn } from '../support/assertion.ts';
import { runCli } from '../support/cli.ts';
import { embeddedDatabase, type TestDatabase } from '../support/databases.ts';
import { corruptions, signedBundle, type Corruption, type SignedBundle } from '../support/corruptions.ts';
import {
  place,
  policyMarked,
  policyWithout,
  revisionIn,
  serveBundle,
  withAccepted,
  type BundleServer,
} from '../support/policies.ts';
import { refused } from '../support/refused.ts';
import type { Seen } from '../support/servers.ts';
import { openStage, type COMPANY, type Stage, type USER } from '../support/stage.ts';
import { until } from '../support/until.ts';

const EVENTS = '/api/promoter/events';
const EXPENSES = '/api/finance/expenses';
const VENUES = '/api/venue/venues';
const RELOADS = 100;
const CLIENTS = 6;
const NEVER = '3600000';

/** Of one request: all that a policy decides about it. */
interface Judged {
  status: number;
  reasons: unknown;
  remedies: unknown;
  permissions: unknown;
}

type Ask = [user: keyof typeof USER, company: keyof typeof COMPANY, path: string];

const ASKS: Ask[] = [
  ['ana', 'acme', EVENTS],
  ['ana', 'acme', EXPENSES],
  ['ben', 'acme', EXPENSES],
  ['ben', 'acme', EVENTS],
  ['cleo', 'acme', VENUES],
  ['cleo', 'bluenote', VENUES],
  ['drew', 'acme', EVENTS],
];

/** Of each, under the policy that knows the grace, and under the one that does not. */
const ENDINGS = {
  lenient: [200, 200, 200, 'module_not_granted', 'module_not_entitled', 200, 'no_membership'],
  strict: [...Array<string>(5).fill('no_active_base'), 200, 'no_membership'],
};

describe('policy reload', function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  let database: TestDatabase;
  const closers: (() => unknown)[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-reload-'));
    file = join(folder, 'bundle.tar.gz');
    database = await embeddedDatabase();
  });
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  after(async () => {
    await closeAll();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** A gateway before the demo company that is past due: the usual policy knows the grace. */
  async function open(env: Record<string, string>): Promise<Stage> {
    const stage = await openStage({
      env: { POLICY_POLL_MS: NEVER, ...env },
      database: { db: database.db, drop: () => Promise.resolve() },
    });
    closers.push(() => stage.close());
    await stage
      .db('core.company_subscriptions')
      .where({ package_key: 'basic_promoter' })
      .update({ status: 'past_due' });
    await stage.gateway.changesAreHeard();
    return stage;
  }
  async function serving(archive: Uint8Array): Promise<BundleServer> {
    const server = await serveBundle(archive);
    closers.push(() => server.close());
    return server;
  }

  describe('100 reloads between two policies under load', () => {
    let stage: Stage;
    let lenient: BundleFiles;
    let strict: BundleFiles;
    const archives: Uint8Array[] = [];
    before(async () => {
      lenient = await policyMarked('lenient');
      strict = await policyWithout('past_due');
      archives.push(await packArchive(lenient), await packArchive(strict));
      await place(file, archives[0]!);
      stage = await open({ POLICY_BUNDLE: file });
    });
    after(closeAll);

    const judged = async ([user, company, path]: Ask): Promise<[requestId: string, Judged]> => {
      const response = await stage.call(path, { user, company });
      const body = JSON.parse(await response.text()) as Seen & { error?: Record<string, unknown> };
      const { status } = response;
      const { reasons, remedies } = body.error ?? {};
      const permissions = status === 200 ? claimsIn(body).permissions : undefined;
      return [response.headers.get('x-request-id')!, { status, reasons, remedies, permissions }];
    };
    const use = async (archive: Uint8Array) => {
      await place(file, archive);
      await stage.gateway.policyIsCurrent();
    };

    it('0 failed and 0 mixed decisions', async () => {
      const truth = new Map<string, Judged[]>();
      for (const [at, files] of [lenient, strict].entries()) {
        await use(archives[at]!);
        const answers = await Promise.all(ASKS.map(judged));
        truth.set(
          revisionIn(files),
          answers.map(([, answer]) => answer),
        );
      }
      const endings = [...truth.values()].map((answers) =>
        answers.map(({ status, reasons }) => (reasons as string[] | undefined)?.[0] ?? status),
      );
      expect(endings).to.deep.equal([ENDINGS.lenient, ENDINGS.strict]);

      let reloading = true;
      const seen: [requestId: string, ask: number, answer: Judged][] = [];
      const client = async (offset: number) => {
        for (let turn = offset; reloading; turn += 1) {
          const ask = turn % ASKS.length;
          const [requestId, answer] = await judged(ASKS[ask]!);
          seen.push([requestId, ask, answer]);
        }
      };
      const clients = Array.from({ length: CLIENTS }, (_, at) => client(at));
      for (let reload = 0; reload < RELOADS; reload += 1) await use(archives[reload % 2]!);
      reloading = false;
      await Promise.all(clients);

      const lines = new Map(stage.lines.map((line) => [line['requestId'], line]));
      const revisions = new Map<unknown, number>();
      for (const [requestId, ask, answer] of seen) {
        const line = lines.get(requestId)!;
        const revision = line['revision'] as string;
        revisions.set(revision, (revisions.get(revision) ?? 0) + 1);
        expect(answer, JSON.stringify(line)).to.deep.equal(truth.get(revision)![ask]);
        expect(line['reasons']).to.deep.equal(answer.reasons);
      }
      process.stderr.write(`      ${seen.length} decisions: ${JSON.stringify([...revisions])}\n`);
      expect(seen.length).to.be.greaterThan(RELOADS);
      for (const revision of truth.keys()) expect(revisions.get(revision)).to.be.greaterThan(RELOADS / 4);
      expect(stage.lines.filter(({ msg }) => msg === 'policy in force')).to.have.length(RELOADS + 2);
    });
  });

  const ready = async (stage: Stage) =>
    (await (await fetch(`${stage.gateway.adminUrl}/readyz`)).json()) as {
      status: string;
      revision: string;
      checks: { policy: { status: string; message?: string } };
    };
  const statusOf = async (stage: Stage, path = EVENTS) => {
    const response = await stage.call(path);
    await response.text();
    return response.status;
  };
  const refusals = (stage: Stage) => stage.lines.filter(({ msg }) => /policy not taken/.test(String(msg)));

  describe('every corruption we know, against a running gateway', () => {
    let good: SignedBundle;
    let all: Corruption[];
    let keyFile: string;
    before(async () => {
      good = await signedBundle();
      all = await corruptions(good);
      keyFile = join(folder, 'verify.pem');
      await writeFile(keyFile, good.verifyPem);
    });

    afterEach(closeAll);

    /** Offers each in turn; the old policy must serve on, and the log must say why. */
    async function offerAll(stage: Stage, offer: (archive: Uint8Array) => Promise<void>): Promise<void> {
      const { revision } = await ready(stage);
      expect(all.length).to.be.greaterThan(30);
      for (const { name, archive, refused } of all) {
        await offer(archive);
        const before = refusals(stage).length;
        await stage.gateway.policyIsCurrent();
        const state = await ready(stage);
        expect([state.status, state.checks.policy.status, state.revision], name).to.deep.equal([
          'degraded',
          'degraded',
          revision,
        ]);
        expect(JSON.stringify(state), name).to.not.match(refused);
        expect(await statusOf(stage), name).to.equal(200);
        // What is refused for the very reason of the one before is not told twice.
        const told = refusals(stage).at(-1)!;
        expect(refusals(stage).length - before, name).to.be.lessThan(2);
        // A server's answer is not read to its end to say how long it is.
        const words = new RegExp(`${refused.source}|sent more than`);
        expect((told['err'] as Error).message, name).to.match(words);
      }
      await offer(good.archive);
      await stage.gateway.policyIsCurrent();
      expect((await ready(stage)).status).to.equal('ready');
    }

    it('through a file: all refused, the old one serving', async () => {
      await place(file, good.archive);
      const stage = await open({ POLICY_VERIFY_KEY: keyFile, POLICY_BUNDLE: file });
      await offerAll(stage, (archive) => place(file, archive));
    });

    it('through a bundle server: all refused, the old one serving', async () => {
      const server = await serving(good.archive);
      const stage = await open({
        POLICY_VERIFY_KEY: keyFile,
        POLICY_BUNDLE: server.url,
        POLICY_CACHE: join(folder, 'cache-of-corruptions'),
        POLICY_MAX_STALENESS_MS: '604800000',
      });
      await offerAll(stage, (archive) => {
        server.archive = archive;
        return Promise.resolve();
      });
    });
  });

  describe('a bundle server that is not heard', () => {
    after(closeAll);

    it('within its time all goes on; after it every decision is a 503, and no replica is ready, until it is back', async () => {
      const server = await serving(await packArchive(await policyMarked('served')));
      const stage = await open({
        POLICY_BUNDLE: server.url,
        POLICY_CACHE: join(folder, 'cache-of-server'),
        POLICY_POLL_MS: '100',
        POLICY_MAX_STALENESS_MS: '600',
      });
      expect(await statusOf(stage)).to.equal(200);
      server.answer = (_, res) => res.writeHead(500).end();
      await stage.gateway.policyIsCurrent();
      await until(async () => (await ready(stage)).checks.policy.status === 'failed');
      expect((await ready(stage)).status).to.equal('not_ready');
      expect((await refused(await stage.call(EVENTS))).status).to.equal(503);
      expect(await statusOf(stage, '/api/nowhere')).to.equal(404);
      const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
      expect(metrics).to.match(/kisum_policy_degraded 1/);

      server.answer = undefined;
      await stage.gateway.policyIsCurrent();
      expect((await ready(stage)).status).to.equal('ready');
      expect(await statusOf(stage)).to.equal(200);
    });
  });

  describe('rolled back by an operator', () => {
    after(closeAll);

    it('by command, on a running gateway; it says so, and ends by command', async () => {
      const POLICY_CACHE = join(folder, 'cache-of-rollback');
      const [first, second] = [await policyMarked('first'), await policyMarked('second')];
      await place(file, await packArchive(first));
      const stage = await open({ POLICY_BUNDLE: file, POLICY_CACHE });
      await place(file, await packArchive(second));
      await stage.gateway.policyIsCurrent();
      expect((await ready(stage)).revision).to.equal(revisionIn(second));
      await statusOf(stage);
      expect(stage.lines.at(-1)).to.include({ revision: revisionIn(second), result: 'allowed' });

      const cli = (...args: string[]) => runCli(['policy', ...args], { POLICY_CACHE }).ended;
      const rollback = await cli('rollback', '--as', 'ana');
      expect(rollback).to.include({ code: 0 });
      expect(rollback.stdout).to.include(revisionIn(first));
      await stage.gateway.policyIsCurrent();
      const state = await ready(stage);
      expect([state.revision, state.checks.policy]).to.deep.equal([
        revisionIn(first),
        { status: 'degraded', message: 'rolled back by an operator' },
      ]);
      await statusOf(stage);
      expect(stage.lines.at(-1)).to.include({ revision: revisionIn(first) });
      expect(stage.lines.find(({ by }) => by === 'ana')).to.include({ revision: revisionIn(first) });
      const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
      expect(metrics)
        .to.include(`kisum_policy_info{revision="${revisionIn(first)}"} 1`)
        .and.match(/kisum_policy_pinned 1/);
      expect((await cli('status')).stdout).to.match(/in force.*rolled back by ana/s);

      expect(await cli('rollback', '--end')).to.include({ code: 0 });
      await stage.gateway.policyIsCurrent();
      expect(await ready(stage)).to.include({ status: 'ready', revision: revisionIn(second) });
    });
  });

  describe('a candidate in the shadow of a running gateway', () => {
    let stage: Stage;
    let candidate: string;
    before(async () => {
      candidate = join(folder, 'candidate.tar.gz');
      await place(file, await packArchive(await policyMarked('in force')));
      await place(candidate, Buffer.from('broken'));
      stage = await open({ POLICY_BUNDLE: file, POLICY_SHADOW: candidate });
    });
    after(closeAll);

    const outcomes = async () => {
      const text = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
      const found = text.matchAll(/kisum_policy_shadow_decisions\{outcome="(\w+)"\} (\d+)/g);
      return Object.fromEntries([...found].map(([, outcome, count]) => [outcome!, Number(count)]));
    };

    it('one that is refused is not missed', async () => {
      expect(await statusOf(stage)).to.equal(200);
      expect(await outcomes()).to.deep.equal({});
      expect((await ready(stage)).status).to.equal('ready');
      expect(stage.lines.filter(({ msg }) => /shadow: .* not taken/.test(String(msg)))).to.have.length(1);
    });

    it('one that would refuse refuses nobody; the difference is told', async () => {
      const strict = await policyWithout('past_due');
      await place(candidate, await packArchive(strict));
      await stage.gateway.policyIsCurrent();
      for (let turn = 0; turn < 3; turn += 1) expect(await statusOf(stage)).to.equal(200);
      expect(await statusOf(stage, VENUES)).to.equal(403);
      await until(async () => (await outcomes())['unexpected'] === 3 + 1);
      const metrics = await (await fetch(`${stage.gateway.adminUrl}/metrics`)).text();
      expect(metrics).to.include(`kisum_policy_shadow_info{revision="${revisionIn(strict)}"} 1`);
    });

    it('what was accepted of it is only counted', async () => {
      const { revision } = await ready(stage);
      const strict = await policyWithout('past_due');
      const changes = [
        { route: 'promoter.event.list', from: 'allow', to: 'no_active_base', count: 1 },
        { route: 'venue.venue.list', from: 'module_not_entitled', to: 'no_active_base', count: 1 },
      ];
      const accepted = { from: revision, to: revisionIn(strict), changes };
      await place(candidate, await packArchive(withAccepted(strict, accepted)));
      await stage.gateway.policyIsCurrent();
      expect(await statusOf(stage)).to.equal(200);
      expect(await statusOf(stage, VENUES)).to.equal(403);
      await until(async () => (await outcomes())['accepted'] === 2);
      expect(await outcomes()).to.include({ unexpected: 0, failed: 0, skipped: 0 });
    });

    it('a change of the policy in force starts the comparison anew', async () => {
      await place(file, await packArchive(await policyWithout('past_due')));
      await stage.gateway.policyIsCurrent();
      expect(await statusOf(stage)).to.equal(403);
      await until(async () => (await outcomes())['same'] === 1);
      expect(await outcomes()).to.include({ unexpected: 0, accepted: 0 });
      expect(stage.lines.filter(({ acceptedFrom }) => acceptedFrom)).to.have.length(1);
    });
  });
});
