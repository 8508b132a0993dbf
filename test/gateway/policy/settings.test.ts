import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { policyFaults, readTrust } from '../../../gateway/policy/settings.ts';
import { bundleKeys } from '../../support/policies.ts';

const trusting = { policyTrust: { verifyKeys: null } };
const POLICY_CACHE = '/var/lib/kisum';

describe('the settings of the policy', () => {
  const FINE = [
    {},
    { POLICY_BUNDLE: '/etc/kisum/bundle.tar.gz' },
    { POLICY_BUNDLE: 'https://bundles.example/kisum', POLICY_CACHE },
    { POLICY_BUNDLE: 'http://127.0.0.1:8181/b', POLICY_CACHE },
    { POLICY_BUNDLE: 'http://bundles:8181/b', POLICY_CACHE, policyTrust: { verifyKeys: [] } },
    { POLICY_SHADOW: 'https://bundles.example/candidate' },
    { POLICY_POLL_MS: 5000, POLICY_MAX_STALENESS_MS: 200 },
  ];
  for (const settings of FINE) {
    it(`${JSON.stringify(settings)} is fine`, () => {
      expect(policyFaults({ ...trusting, ...settings })).to.deep.equal([]);
    });
  }

  const WRONG: [object, RegExp][] = [
    [{ POLICY_BUNDLE: 'https://bundles.example/kisum' }, /^POLICY_CACHE is missing/],
    [
      { POLICY_BUNDLE: 'http://bundles:8181/b', POLICY_CACHE },
      /^POLICY_BUNDLE is fetched without encryption/,
    ],
    [{ POLICY_BUNDLE: 'http://127.0.0.1.evil.example', POLICY_CACHE }, /without encryption/],
    [{ POLICY_BUNDLE: 'https://ana:canary@bundles.example', POLICY_CACHE }, /without a user name/],
    [{ POLICY_BUNDLE: 'https://', POLICY_CACHE }, /^POLICY_BUNDLE must be a URL, a file or a folder/],
    [{ POLICY_SHADOW: 'HTTP://bundles:8181/b' }, /^POLICY_SHADOW is fetched without encryption/],
    [
      {
        POLICY_BUNDLE: 'https://bundles.example',
        POLICY_CACHE,
        POLICY_POLL_MS: 5000,
        POLICY_MAX_STALENESS_MS: 9999,
      },
      /^POLICY_MAX_STALENESS_MS must be at least twice/,
    ],
  ];
  for (const [settings, fault] of WRONG) {
    it(`${JSON.stringify(settings)} is refused, and for one reason`, () => {
      const faults = policyFaults({ ...trusting, ...settings });
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(fault).and.not.include('canary');
    });
  }

  it('keys are read from their file; a private half, or none, is a fault', async () => {
    const { verifyFile } = await bundleKeys();
    const faults: string[] = [];
    expect(await readTrust(undefined, faults)).to.deep.equal({ verifyKeys: null });
    expect((await readTrust(verifyFile, faults)).verifyKeys).to.have.length(1);
    expect(faults).to.deep.equal([]);

    // Without keys nothing may pass: an empty list trusts nobody.
    for (const text of ['', '{"keys":[]}', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----']) {
      await writeFile(verifyFile, text);
      expect((await readTrust(verifyFile, faults)).verifyKeys).to.deep.equal([]);
    }
    await readTrust('/nowhere', faults);
    expect(faults).to.have.length(4);
    for (const fault of faults)
      expect(fault).to.match(/^POLICY_VERIFY_KEY must be a file with public keys: /);
  });
});
