import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { readCheckpoint, signCheckpoint } from '../../../policies/decision-log/checkpoint.ts';
import { readLogKeys, readLogSigner } from '../../../policies/decision-log/keys.ts';

const CHECKPOINT = {
  chain: 'c',
  seq: 3,
  hash: 'h',
  time: '2025-05-03T10:00:00.000Z',
  accepted: 5,
  written: 4,
};
const pair = generateKeyPairSync('ed25519');
const pem = {
  privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
};
const jwk = {
  privateKey: pair.privateKey.export({ format: 'jwk' }),
  publicKey: pair.publicKey.export({ format: 'jwk' }),
};

describe('a checkpoint', () => {
  const signer = readLogSigner(pem.privateKey);
  const keys = readLogKeys(pem.publicKey);
  const jws = signCheckpoint(CHECKPOINT, signer);
  const state = (text: unknown, given: typeof keys | undefined = keys) => readCheckpoint(text, given).state;

  it('is read with its key, and without one as unchecked', () => {
    expect(readCheckpoint(jws, keys)).to.deep.equal({ state: 'valid', checkpoint: CHECKPOINT });
    expect(readCheckpoint(jws, undefined)).to.deep.equal({ state: 'unchecked', checkpoint: CHECKPOINT });
  });

  it('is invalid when any character of it is another', () => {
    for (let at = 0; at < jws.length; at += 1) {
      const other = jws[at] === 'A' ? 'B' : 'A';
      expect(state(jws.slice(0, at) + other + jws.slice(at + 1)), `at ${at}`).to.equal('invalid');
    }
  });

  it('is invalid under every other writing of the same signature', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const last of alphabet) {
      if (last !== jws.at(-1)) expect(state(jws.slice(0, -1) + last), last).to.equal('invalid');
    }
    expect(state(`${jws}=`)).to.equal('invalid');
    expect(state(`${jws}.`)).to.equal('invalid');
  });

  it('is invalid when another key signed it under this name, or it is of another type', () => {
    const another = readLogSigner(
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    expect(state(signCheckpoint(CHECKPOINT, another))).to.equal('invalid');
    expect(state(signCheckpoint(CHECKPOINT, { ...another, kid: signer.kid }))).to.equal('invalid');
    const [, payload] = jws.split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid: signer.kid })).toString(
      'base64url',
    );
    expect(state(`${head}.${payload}.${signer.sign(`${head}.${payload}`)}`)).to.equal('invalid');
  });

  it('is invalid when it is none', () => {
    for (const none of ['', 'a.b.c', '..', null, {}, 'e30.e30.e30']) expect(state(none)).to.equal('invalid');
  });

  it('has the same key in PEM, JWK and JWKS', () => {
    const writings = [
      pem.privateKey,
      JSON.stringify(jwk.privateKey),
      JSON.stringify({ keys: [jwk.privateKey] }),
    ];
    expect(new Set(writings.map((it) => readLogSigner(it).kid))).to.have.lengthOf(1);
    for (const text of [...writings, pem.publicKey, JSON.stringify(jwk.publicKey)])
      expect(state(jws, readLogKeys(text))).to.equal('valid');
  });

  it('is not made with what is no private Ed25519 key, and nothing of it is shown', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const broken = JSON.stringify({ ...jwk.privateKey, d: 'canary' });
    for (const text of [
      pem.publicKey,
      JSON.stringify(jwk.publicKey),
      rsa.toString(),
      broken,
      '{"keys":[]}',
      '{canary',
      'canary',
    ])
      expect(() => readLogSigner(text)).to.throw(/^(?!.*canary)/);
  });
});
