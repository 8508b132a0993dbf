import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { packArchive } from '../../../policies/engine/archive.ts';
import { loadBundle, openBundle } from '../../../policies/engine/bundle.ts';
import { readVerifyKeys } from '../../../policies/engine/signature-keys.ts';
import { inspectBundle } from '../../../policies/workbench/inspect.ts';
import { generatePolicyKeys, signBundle } from '../../../policies/workbench/sign.ts';
import { resigned, signedBundle } from '../../support/corruptions.ts';

const AT = new Date('2026-05-03T10:00:00Z');

describe('signing and looking into bundles', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kisum-signed-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('signs the committed bundle for whoever has the other half', async () => {
    const { signing, verify } = generatePolicyKeys();
    const { archive, bundle } = await signBundle({ key: signing, keyid: 'ours', at: AT });
    expect(bundle.signed).to.deep.equal({ keyid: 'ours', at: '2026-05-03T10:00:00.000Z' });
    const opened = await openBundle(archive, { verifyKeys: readVerifyKeys(verify) });
    expect(opened.digest).to.equal((await loadBundle()).digest);
  });

  it('replaces the signature of another', async () => {
    const place = join(folder, 'signed.tar.gz');
    await writeFile(place, (await signedBundle()).archive);
    const { signing, verify } = generatePolicyKeys();
    const { archive } = await signBundle({ place, key: signing, at: AT });
    await openBundle(archive, { verifyKeys: readVerifyKeys(verify) });
  });

  it('does not sign what would be refused', async () => {
    const good = await signedBundle();
    const place = join(folder, 'wrong.tar.gz');
    await writeFile(place, await resigned(good, { 'data.json': '{"catalog":{}}' }));
    const failure: unknown = await signBundle({ place, key: good.signingPem }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.have.property('message').that.includes('data.json holds data');
  });

  it('tells what stands in a bundle, signed or not', async () => {
    const facts = await inspectBundle();
    const { revision, digest, manifest, files } = await loadBundle();
    expect(facts).to.include({ revision, digest, signature: null });
    expect(facts.entrypoints).to.deep.equal(manifest.metadata.kisum.entrypoints);
    expect(facts.knownAnswers).to.be.greaterThan(100);
    expect(Object.keys(facts.files)).to.deep.equal([...files.keys()].sort());
    expect(facts.files['policy.wasm']).to.equal(files.get('policy.wasm')?.byteLength);

    const place = join(folder, 'signed.tar.gz');
    const { signing } = generatePolicyKeys();
    await writeFile(place, (await signBundle({ key: signing, keyid: 'ours', at: AT })).archive);
    expect((await inspectBundle(place)).signature).to.deep.equal({
      keyid: 'ours',
      at: '2026-05-03T10:00:00.000Z',
    });
    await writeFile(place, await packArchive(new Map()));
    expect(await inspectBundle(place).catch((error: Error) => error.message)).to.include(
      'policy.wasm is missing',
    );
  });
});
