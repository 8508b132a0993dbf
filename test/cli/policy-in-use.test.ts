import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXIT } from '../../cli/errors.ts';
import { policyInUse } from '../../cli/policy-in-use.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { signedBundle } from '../support/corruptions.ts';

describe('the policy in use', () => {
  const { POLICY_BUNDLE, POLICY_VERIFY_KEY } = process.env;
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-in-use-'));
    delete process.env.POLICY_BUNDLE;
    delete process.env.POLICY_VERIFY_KEY;
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
    Object.assign(process.env, { POLICY_BUNDLE, POLICY_VERIFY_KEY });
    if (POLICY_BUNDLE === undefined) delete process.env.POLICY_BUNDLE;
    if (POLICY_VERIFY_KEY === undefined) delete process.env.POLICY_VERIFY_KEY;
  });

  it('is the one the gateway of this environment would take', async () => {
    const { revision } = await loadBundle();
    expect((await policyInUse()).signed).to.equal(null);
    const good = await signedBundle();
    process.env.POLICY_BUNDLE = join(folder, 'bundle.tar.gz');
    await writeFile(process.env.POLICY_BUNDLE, good.archive);
    await refused('set POLICY_VERIFY_KEY');
    process.env.POLICY_VERIFY_KEY = join(folder, 'verify.pem');
    await refused('verify.pem cannot be read');
    await writeFile(process.env.POLICY_VERIFY_KEY, good.verifyPem);
    const { signed, revision: taken } = await policyInUse();
    expect(signed).to.not.equal(null);
    expect(taken).to.equal(revision);
    process.env.POLICY_BUNDLE = 'https://bundles.example/kisum';
    await refused('fetch https://bundles.example/kisum and name the file instead');
  });

  async function refused(why: string): Promise<void> {
    const failure: unknown = await policyInUse().catch((error: unknown) => error);
    expect(failure).to.have.property('exitCode', EXIT.precondition);
    expect(failure).to.have.property('message').that.includes(why);
  }
});
