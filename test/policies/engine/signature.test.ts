import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { SIGNATURES_FILE, type BundleFiles } from '../../../policies/engine/archive-files.ts';
import { packArchive } from '../../../policies/engine/archive.ts';
import { loadBundle, openFiles } from '../../../policies/engine/bundle.ts';
import { signedFile, type SignedFile } from '../../../policies/engine/signature-hash.ts';
import { readSigningKey, readVerifyKeys, type VerifyKey } from '../../../policies/engine/signature-keys.ts';
import { claimedSignature, signFiles, verifySignature } from '../../../policies/engine/signature.ts';
import { mustRun } from '../../../policies/workbench/run.ts';
import { withCompiler } from '../compiler.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEYS = { RS256: rsa, PS256: rsa, ES256: ec };
type Algorithm = keyof typeof KEYS;

const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const jwks = (...keys: [KeyObject, object][]) =>
  JSON.stringify({ keys: keys.map(([key, more]) => ({ ...key.export({ format: 'jwk' }), ...more })) });

describe('a signature', () => {
  let files: BundleFiles;
  before(async () => ({ files } = await loadBundle()));

  for (const alg of Object.keys(KEYS) as Algorithm[]) {
    it(`by ${alg} is verified by the same key alone`, async () => {
      const { privateKey, publicKey } = KEYS[alg];
      const signed = await signFiles(
        files,
        readSigningKey(jwks([privateKey, { alg, kid: 'one' }])),
        1_760_000_000,
      );
      const by = { keyid: 'one', at: '2025-10-09T08:53:20.000Z' };
      expect(await verifySignature(signed, readVerifyKeys(jwks([publicKey, { alg }])))).to.deep.equal(by);
      expect(claimedSignature(signed)).to.deep.equal(by);
      const { signed: opened } = await openFiles(signed, {
        verifyKeys: readVerifyKeys(jwks([publicKey, { alg }])),
      });
      expect(opened).to.deep.equal(by);
      const others = Object.keys(KEYS).filter((it) => it !== alg) as Algorithm[];
      for (const other of others) {
        const keys = readVerifyKeys(jwks([KEYS[other].publicKey, { alg: other }]));
        expect(await failureOf(verifySignature(signed, keys)), other).to.include('not by the key');
      }
    });
  }

  it('is replaced by a new one, and by a key that is rotated in while the old one still holds', async () => {
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const both = readVerifyKeys(jwks([ec.publicKey, { kid: 'old' }], [next.publicKey, { kid: 'new' }]));
    const old = await signFiles(files, readSigningKey(jwks([ec.privateKey, { kid: 'old' }])), 1);
    const renewed = await signFiles(old, readSigningKey(jwks([next.privateKey, { kid: 'new' }])), 2);
    expect([...renewed.keys()].sort()).to.deep.equal([...old.keys()].sort());
    expect(await verifySignature(old, both)).to.include({ keyid: 'old' });
    expect(await verifySignature(renewed, both)).to.include({ keyid: 'new' });
    expect(
      await verifySignature(renewed, readVerifyKeys(pem(ec.publicKey) + pem(next.publicKey))),
    ).to.include({
      keyid: 'new',
    });
    expect(await failureOf(verifySignature(renewed, both.slice(0, 1)))).to.include(
      'signed by the key "new", which is not among those set',
    );
  });

  it("may carry a key's name that another key has: it is that key that is asked", async () => {
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = readVerifyKeys(jwks([ec.publicKey, { kid: 'old' }], [next.publicKey, { kid: 'new' }]));
    const misnamed = await signFiles(files, readSigningKey(jwks([ec.privateKey, { kid: 'new' }])), 1);
    expect(await failureOf(verifySignature(misnamed, keys))).to.include('not by the key');
  });
});

describe('keys of policies', () => {
  it('are read from PEM and JWKS, and know their algorithm', () => {
    const algorithms = (text: string) => readVerifyKeys(text).map(({ alg }) => alg);
    expect(algorithms(pem(rsa.publicKey))).to.deep.equal(['RS256']);
    expect(algorithms(pem(ec.publicKey))).to.deep.equal(['ES256']);
    expect(algorithms(`# ours\n${pem(rsa.publicKey)}\n${pem(ec.publicKey)}`)).to.deep.equal([
      'RS256',
      'ES256',
    ]);
    expect(
      algorithms(jwks([rsa.publicKey, { kid: 'a', alg: 'PS256' }], [ec.publicKey, { kid: 'b' }])),
    ).to.deep.equal(['PS256', 'ES256']);
    expect(algorithms(JSON.stringify(ec.publicKey.export({ format: 'jwk' })))).to.deep.equal(['ES256']);
    expect(readSigningKey(pem(rsa.privateKey)).alg).to.equal('RS256');
  });

  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const other = generateKeyPairSync('ed25519');
  const refused: [string, () => VerifyKey[] | VerifyKey, string][] = [
    ['nothing', () => readVerifyKeys(''), 'no public key'],
    ['an empty set', () => readVerifyKeys('{"keys":[]}'), 'no public key'],
    ['text', () => readVerifyKeys('secret'), 'no public key'],
    ['broken JSON', () => readVerifyKeys('{"keys":'), 'neither PEM nor a JWKS'],
    ['a set that is none', () => readVerifyKeys('{"keys":{}}'), 'must be a list'],
    [
      'broken PEM',
      () => readVerifyKeys('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'),
      'neither PEM',
    ],
    ['a private PEM', () => readVerifyKeys(pem(ec.privateKey)), 'not the public half'],
    ['a private JWK', () => readVerifyKeys(jwks([ec.privateKey, {}])), 'not the public half'],
    ['a secret', () => readVerifyKeys('{"kty":"oct","k":"c2VjcmV0"}'), 'not the public half'],
    [
      'two of one name',
      () => readVerifyKeys(jwks([ec.publicKey, { kid: 'a' }], [rsa.publicKey, { kid: 'a' }])),
      'same kid',
    ],
    ['a short RSA key', () => readVerifyKeys(pem(weak.publicKey)), '2048 bits'],
    ['another curve', () => readVerifyKeys(pem(other.publicKey)), 'P-256 (ES256) is asked for'],
    [
      'an algorithm of another key',
      () => readVerifyKeys(jwks([ec.publicKey, { alg: 'RS256' }])),
      'is asked for',
    ],
    ['none at all', () => readVerifyKeys(jwks([rsa.publicKey, { alg: 'none' }])), 'is asked for'],
    ['a public key to sign with', () => readSigningKey(pem(ec.publicKey)), 'not the private half'],
    ['a public JWK to sign with', () => readSigningKey(jwks([ec.publicKey, {}])), 'neither PEM nor a JWKS'],
  ];
  for (const [what, read, why] of refused) {
    it(`refuse ${what}`, () =>
      expect(read).to.throw(`policy key refused`).with.property('message').that.includes(why));
  }
});

describe('signatures and opa', function () {
  const compiler = withCompiler(this);
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kisum-sign-'))));
  afterEach(() => rm(folder, { recursive: true }));

  for (const alg of Object.keys(KEYS) as Algorithm[]) {
    it(`opa verifies ours, we verify opa's: ${alg}`, async () => {
      const { privateKey, publicKey } = KEYS[alg];
      const { files } = await loadBundle();
      await lay({ 'key.pem': pem(privateKey), 'verify.pem': pem(publicKey) });
      const ours = await signFiles(files, readSigningKey(jwks([privateKey, { alg }])), 1);
      await writeFile(join(folder, 'ours.tar.gz'), await packArchive(ours));
      const verification = ['--verification-key', 'verify.pem', '--verification-key-id', 'default'];
      await opa(
        'build',
        '--bundle',
        'ours.tar.gz',
        ...verification,
        '--signing-alg',
        alg,
        '-o',
        'out.tar.gz',
      );

      for (const [name, content] of files) await lay({ [`bundle/${name}`]: content });
      const bundle = join(folder, 'bundle');
      const key = ['--signing-key', '../key.pem', '--signing-alg', alg];
      await mustRun(compiler.opa, ['sign', '--bundle', '.', ...key], bundle, 'opa sign');
      const token = await readFile(join(bundle, SIGNATURES_FILE));
      const theirs = new Map(files).set(SIGNATURES_FILE, Uint8Array.from(token));
      expect(await failureOf(verifySignature(theirs, readVerifyKeys(jwks([publicKey, { alg }]))))).to.equal(
        '',
      );
    });
  }

  it('hash JSON alike, whatever is in it', async () => {
    const texts = fc.sample(fc.jsonValue({ maxDepth: 4 }), 150).map((value) => JSON.stringify({ value }));
    texts.push(
      '{"b":1,"a":[1,2,{"é":"<&>\\u2028\\u0007\\u007f"}],"":null,"😀":1,"\\uffff":2}',
      '{ "a" : [ ] }',
    );
    for (const [index, text] of texts.entries()) await lay({ [`bundle/d${index}/data.json`]: text });
    await opa('sign', '--bundle', 'bundle', '--signing-key', await written('key.pem', pem(rsa.privateKey)));
    const { signatures } = JSON.parse(await readFile(join(folder, SIGNATURES_FILE), 'utf8')) as {
      signatures: string[];
    };
    const payload = Buffer.from(signatures[0]!.split('.')[1]!, 'base64url').toString('utf8');
    const theirs = new Map(
      (JSON.parse(payload) as { files: SignedFile[] }).files.map((file) => [file.name, file.hash]),
    );
    expect(theirs.size).to.equal(texts.length);
    for (const [index, text] of texts.entries()) {
      expect(signedFile('data.json', Buffer.from(text)).hash, text).to.equal(
        theirs.get(`bundle/d${index}/data.json`),
      );
    }
  });

  function opa(...args: string[]): Promise<Buffer> {
    return mustRun(compiler.opa, args, folder, `opa ${args[0]}`);
  }

  async function written(name: string, text: string): Promise<string> {
    await lay({ [name]: text });
    return name;
  }

  async function lay(contents: Record<string, string | Uint8Array>): Promise<void> {
    for (const [name, content] of Object.entries(contents)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
  }
});

async function failureOf(verified: Promise<unknown>): Promise<string> {
  return verified.then(
    () => '',
    (error: Error) => error.message,
  );
}
