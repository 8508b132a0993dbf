import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { rollback, status } from '../../cli/commands/policy-rollback.ts';
import { CliError } from '../../cli/errors.ts';
import { NOTHING_KEPT, PolicyCache } from '../../gateway/policy/cache.ts';
import { idOf } from '../../gateway/policy/follower.ts';
import { policyMarked, revisionIn } from '../support/policies.ts';

describe('policy rollback and status', () => {
  let cache: string;
  let revisions: string[];
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'kisum-cache-'));
    const disk = new PolicyCache(cache);
    const policies = await Promise.all(['oldest', 'older', 'newest'].map(policyMarked));
    let state = NOTHING_KEPT;
    for (const [index, files] of policies.entries()) {
      const kept = {
        revision: revisionIn(files),
        signedAt: null,
        activatedAt: `2026-01-0${index + 1}T00:00:00Z`,
      };
      state = { ...(await disk.keep(state, { id: idOf(files), ...kept }, files)), inForce: idOf(files) };
      await disk.save(state);
    }
    revisions = policies.map(revisionIn);
  });
  afterEach(() => rm(cache, { recursive: true }));

  const refusal = async (run: Promise<unknown>) => {
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof CliError)) throw new Error('it was done');
    return { code: error.exitCode, message: error.message };
  };
  const pinned = async () => (await new PolicyCache(cache).pin())?.revision;

  it('shows what is kept, newest first, and which one is in force', async () => {
    const { text, examined } = await status({ cache });
    const lines = text.split('\n');
    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal(revisions.toReversed());
    expect(lines.map((line) => line.endsWith('in force'))).to.deep.equal([true, false, false]);
    expect(examined).to.deep.equal({ policies: 3 });
  });

  it('goes one back, or to the one that is named, and back to following', async () => {
    await rollback({ cache, as: 'ana' });
    expect(await pinned()).to.equal(revisions[1]);
    await rollback({ cache, to: revisions[0]!, as: 'ana' });
    expect(await pinned()).to.equal(revisions[0]);
    expect((await status({ cache })).text).to.match(/rolled back by ana/);
    await rollback({ cache, end: true });
    expect(await pinned()).to.equal(undefined);
  });

  it('what cannot be done is refused, and nothing is changed', async () => {
    const disk = new PolicyCache(cache);
    expect(await refusal(rollback({ cache, to: 'ffffffffffff' }))).to.deep.include({ code: 4 });
    expect((await refusal(rollback({ cache, to: 'x' }))).message).to.include(revisions[2]);
    expect(await refusal(rollback({ cache, end: true }))).to.deep.include({ code: 4 });
    expect(await refusal(rollback({ cache, end: true, to: 'x' }))).to.deep.include({ code: 2 });
    const state = await disk.state();
    await disk.save({ ...state, inForce: state.kept.at(-1)!.id });
    expect((await refusal(rollback({ cache }))).message).to.match(/none before the one in force/);
    await writeFile(join(cache, `${state.kept[1]!.id}.tar.gz`), 'spoilt');
    expect(await refusal(rollback({ cache, to: revisions[1]! }))).to.deep.include({ code: 4 });
    expect(await pinned()).to.equal(undefined);
  });

  it('a folder that keeps nothing, or something else, is said so', async () => {
    expect((await refusal(status({ cache: join(cache, 'nowhere') }))).message).to.match(
      /no policy is kept in/,
    );
    await writeFile(join(cache, 'state.json'), '[]');
    expect((await refusal(status({ cache }))).message).to.match(/damaged/);
  });
});
