import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadBundle } from '../../../policies/engine/bundle.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { LOCK_FILE, WASM_FILE, type PolicyLock } from '../../../policies/engine/lock.ts';
import { projectFile } from '../../../policies/root.ts';

describe('the bundle', () => {
  let policies: string;
  let bundle: string;

  beforeEach(async () => {
    policies = await mkdtemp(join(tmpdir(), 'kisum-bundle-'));
    bundle = join(policies, 'bundle');
    for (const part of ['bundle', 'kisum', 'capabilities.json']) {
      await cp(projectFile('policies', part), join(policies, part), { recursive: true });
    }
  });

  afterEach(() => rm(policies, { recursive: true }));

  it('loads beside its sources and without them', async () => {
    const { revision } = await loadBundle(bundle);
    expect(revision).to.equal((await readLock()).revision);
    await rm(join(policies, 'kisum'), { recursive: true });
    expect((await loadBundle(bundle)).revision).to.equal(revision);
  });

  it('with one byte flipped is refused', async () => {
    const wasm = await readFile(join(bundle, WASM_FILE));
    wasm[wasm.length - 1] = (wasm.at(-1) ?? 0) ^ 1;
    await writeFile(join(bundle, WASM_FILE), wasm);
    await refused('policy.wasm is not the one');
  });

  it('cut short is refused', async () => {
    const wasm = await readFile(join(bundle, WASM_FILE));
    await writeFile(join(bundle, WASM_FILE), wasm.subarray(0, 1000));
    await refused('policy.wasm is not the one');
  });

  it('whose lock names another revision is refused', async () => {
    await writeLock({ ...(await readLock()), revision: '000000000000' });
    await refused('policy.wasm is not the one');
  });

  it('without its parts is refused by their names', async () => {
    await rm(join(bundle, WASM_FILE));
    await refused('policy.wasm cannot be read');
    await rm(join(bundle, LOCK_FILE));
    await refused('policy.lock.json cannot be read');
  });

  for (const text of ['', 'null', '[]', '{}', '{"revision":1}', '{"revision":"a","opa":"b","wasm":"c"}']) {
    it(`with ${JSON.stringify(text)} for a lock is refused`, async () => {
      await writeFile(join(bundle, LOCK_FILE), text);
      await refused('policy.lock.json is not a lock');
    });
  }

  it('of changed sources is refused', async () => {
    await writeFile(
      join(policies, 'kisum', 'grant', 'grant.rego'),
      '# something else\npackage kisum.grant\n',
    );
    await refused('kisum/grant/grant.rego (changed)');
  });

  it('of changed capabilities is refused', async () => {
    await writeFile(join(policies, 'capabilities.json'), '{}');
    await refused('capabilities.json (changed)');
  });

  it('of sources with a rule too many or too few is refused', async () => {
    await rm(join(policies, 'kisum', 'call', 'call.rego'));
    await mkdir(join(policies, 'kisum', 'backdoor'));
    await writeFile(join(policies, 'kisum', 'backdoor', 'backdoor.rego'), 'package kisum.backdoor\n');
    await refused('kisum/backdoor/backdoor.rego (not in the lock), kisum/call/call.rego (missing)');
  });

  it('does not depend on tests', async () => {
    await writeFile(join(policies, 'kisum', 'more_test.rego'), 'package kisum.more_test\n');
    await loadBundle(bundle);
  });

  async function refused(message: string): Promise<void> {
    const failure: unknown = await loadBundle(bundle).then(
      () => 'loaded',
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(PolicyFailure).with.property('kind', 'bundle');
    expect(failure).to.have.property('message').that.includes(message);
  }

  async function readLock(): Promise<PolicyLock> {
    return JSON.parse(await readFile(join(bundle, LOCK_FILE), 'utf8')) as PolicyLock;
  }

  async function writeLock(lock: PolicyLock): Promise<void> {
    await writeFile(join(bundle, LOCK_FILE), JSON.stringify(lock));
  }
});
