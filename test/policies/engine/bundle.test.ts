import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { contentDigest, SIGNATURES_FILE, type BundleFiles } from '../../../policies/engine/archive-files.ts';
import { packArchive } from '../../../policies/engine/archive.ts';
import { loadBundle, openBundle, openFiles } from '../../../policies/engine/bundle.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { LOCK_FILE, type PolicyLock } from '../../../policies/engine/lock.ts';
import { ARCHIVE_FILE } from '../../../policies/engine/place.ts';
import { readVerifyKeys } from '../../../policies/engine/signature-keys.ts';
import { projectFile } from '../../../policies/root.ts';
import { signedBundle } from '../../support/corruptions.ts';

describe('the bundle', () => {
  let policies: string;
  let bundle: string;

  beforeEach(async () => {
    policies = await mkdtemp(join(tmpdir(), 'kisum-bundle-'));
    bundle = join(policies, 'bundle');
    await cp(projectFile('policies', 'bundle'), bundle, { recursive: true });
  });

  afterEach(() => rm(policies, { recursive: true }));

  describe('on disk', () => {
    it('loads packed, with its lock and without', async () => {
      const { revision, digest, signed } = await loadBundle(bundle);
      expect({ revision, digest }).to.deep.equal(await lockedAs());
      expect(signed).to.equal(null);
      await rm(join(bundle, LOCK_FILE));
      expect((await loadBundle(bundle)).digest).to.equal(digest);
      expect((await loadBundle(join(bundle, ARCHIVE_FILE))).digest).to.equal(digest);
    });

    it('loads unpacked, with its lock and without', async () => {
      const { digest, files } = await loadBundle();
      const folder = join(policies, 'unpacked');
      await unpack(files, folder);
      expect((await loadBundle(folder)).digest).to.equal(digest);
      await cp(join(bundle, LOCK_FILE), join(folder, LOCK_FILE));
      expect((await loadBundle(folder)).digest).to.equal(digest);
      await writeFile(join(folder, 'data.json'), '{}');
      await refused(folder, 'a file in it is not the one policy.lock.json names');
    });

    it('loads through the symlinks of a mounted volume', async () => {
      const { digest, files } = await loadBundle();
      const volume = join(policies, 'volume');
      await unpack(files, join(volume, '..2026_01'));
      await symlink('..2026_01', join(volume, '..data'));
      for (const name of ['.manifest', 'kisum']) await symlink(`..data/${name}`, join(volume, name));
      expect((await loadBundle(volume)).digest).to.equal(digest);

      await mkdir(join(volume, '..2026_02'));
      await cp(join(bundle, ARCHIVE_FILE), join(volume, '..2026_02', ARCHIVE_FILE));
      await symlink('..2026_02', join(volume, '..data_tmp'));
      await rename(join(volume, '..data_tmp'), join(volume, '..data'));
      expect((await loadBundle(volume)).digest).to.equal(digest);
    });

    it('with a stray symlink is refused', async () => {
      const folder = join(policies, 'unpacked');
      await unpack((await loadBundle()).files, folder);
      await rm(join(folder, 'data.json'));
      await symlink('/etc/hostname', join(folder, 'data.json'));
      await refused(folder, 'data.json is not a plain file');
    });

    it('that is not there is refused', async () => {
      await refused(join(policies, 'nowhere'), 'there is none at');
      await rm(join(bundle, ARCHIVE_FILE));
      await refused(bundle, 'bundle.tar.gz cannot be read');
    });
  });

  describe('with a lock', () => {
    it('that names another module, revision or content is refused', async () => {
      await relock({ wasm: '00'.repeat(32) });
      await refused(bundle, 'policy.wasm is not the one policy.lock.json names');
      await relock({ revision: '000000000000' });
      await refused(bundle, 'policy.wasm is not the one policy.lock.json names');
      await relock({ digest: '00'.repeat(32) });
      await refused(bundle, 'a file in it is not the one policy.lock.json names');
    });

    for (const text of ['', 'null', '[]', '{}', '{"revision":1}', '{"revision":"a","opa":"b","wasm":"c"}']) {
      it(`that is ${JSON.stringify(text)} is refused`, async () => {
        await writeFile(join(bundle, LOCK_FILE), text);
        await refused(bundle, 'policy.lock.json is not a lock');
      });
    }
  });

  describe('beside its sources', () => {
    beforeEach(async () => {
      for (const part of ['kisum', 'system', 'capabilities.json']) {
        await cp(projectFile('policies', part), join(policies, part), { recursive: true });
      }
    });

    it('loads, whatever the tests are', async () => {
      await writeFile(join(policies, 'kisum', 'more_test.rego'), 'package kisum.more_test\n');
      await loadBundle(bundle);
    });

    it('is refused when one was changed', async () => {
      await writeFile(join(policies, 'kisum', 'grant', 'grant.rego'), 'package kisum.grant\n');
      await writeFile(join(policies, 'capabilities.json'), '{}');
      await refused(bundle, 'sources: capabilities.json (changed), kisum/grant/grant.rego (changed)');
    });

    it('is refused when there is one too many or too few', async () => {
      await rm(join(policies, 'kisum', 'call', 'call.rego'));
      await mkdir(join(policies, 'kisum', 'backdoor'));
      await writeFile(join(policies, 'kisum', 'backdoor', 'backdoor.rego'), 'package kisum.backdoor\n');
      await refused(bundle, 'kisum/backdoor/backdoor.rego (not locked), kisum/call/call.rego (missing)');
    });

    it('is refused when they cannot be read', async () => {
      await rm(join(policies, 'capabilities.json'));
      await refused(bundle, 'the policy sources cannot be read');
    });

    it('does not take a folder that is only called like them for sources', async () => {
      await rm(join(policies, 'capabilities.json'));
      await rm(join(policies, 'kisum'), { recursive: true });
      await mkdir(join(policies, 'kisum'));
      await loadBundle(bundle);
    });
  });

  describe('and trust', () => {
    it('a signed one needs a key, and a key needs a signed one', async () => {
      const good = await signedBundle();
      const verifyKeys = readVerifyKeys(good.verifyPem);
      const { signed, digest } = await openBundle(good.archive, { verifyKeys });
      expect(signed).to.deep.equal({ at: '2025-10-09T08:53:20.000Z' });
      expect(digest).to.equal((await loadBundle()).digest);
      await writeFile(join(bundle, 'signed.tar.gz'), good.archive);
      await refused(join(bundle, 'signed.tar.gz'), 'no key is there to verify it: set POLICY_VERIFY_KEY');
      await refused(bundle, 'it is not signed', { verifyKeys });
      await refused(bundle, 'it is not signed', { verifyKeys: [] });
    });

    it('a signature comes before everything else: nothing is compiled that was not signed', async () => {
      const good = await signedBundle();
      const files = new Map(good.files).set('policy.wasm', Uint8Array.from(Buffer.from('nonsense')));
      const opened = openFiles(files, { verifyKeys: readVerifyKeys(good.verifyPem) });
      expect(await failureOf(opened)).to.match(/policy\.wasm is not the file that was signed/);
    });
  });

  describe('its digest', () => {
    it('does not depend on how it is packed or signed, but on every file', async () => {
      const { files, digest } = await loadBundle();
      const reversed = new Map([...files].reverse());
      expect(contentDigest(reversed)).to.equal(digest);
      expect(await packArchive(reversed)).to.deep.equal(await packArchive(files));
      expect(contentDigest(new Map(files).set(SIGNATURES_FILE, new Uint8Array(3)))).to.equal(digest);
      for (const name of files.keys()) {
        expect(contentDigest(new Map(files).set(name, new Uint8Array(3))), name).to.not.equal(digest);
      }
    });
  });

  async function refused(place: string, message: string, trust?: Parameters<typeof loadBundle>[1]) {
    expect(await failureOf(loadBundle(place, trust))).to.include(message);
  }

  async function failureOf(opened: Promise<unknown>): Promise<string> {
    const failure: unknown = await opened.then(
      () => 'loaded',
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(PolicyFailure).with.property('kind', 'bundle');
    return (failure as PolicyFailure).message;
  }

  async function lockedAs(): Promise<{ revision: string; digest: string }> {
    const { revision, digest } = await readLock();
    return { revision, digest };
  }

  async function readLock(): Promise<PolicyLock> {
    return JSON.parse(await readFile(projectFile('policies', 'bundle', LOCK_FILE), 'utf8')) as PolicyLock;
  }

  async function relock(change: Partial<PolicyLock>): Promise<void> {
    await writeFile(join(bundle, LOCK_FILE), JSON.stringify({ ...(await readLock()), ...change }));
  }
});

async function unpack(files: BundleFiles, folder: string): Promise<void> {
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
