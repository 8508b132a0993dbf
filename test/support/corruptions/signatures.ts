/** Signed by the wrong hand, over the wrong files, or in a way nobody chose. */
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { SIGNATURES_FILE } from '../../../policies/engine/archive-files.ts';
import { packArchive } from '../../../policies/engine/archive.ts';
import { signFiles } from '../../../policies/engine/signature.ts';
import { changed, flipped, textOf, type Contents, type Corruption, type SignedBundle } from './bundle.ts';

interface Payload {
  files: { name: string; hash: string; algorithm: string }[];
  [claim: string]: unknown;
}

const NOT_THE_KEY = /not by the key that must have signed it/;

export async function corruptSignatures(good: SignedBundle): Promise<Corruption[]> {
  const { files, key, verifyPem } = good;
  const [head = '', body = '', mark = ''] = tokenOf(good).split('.');
  const payload = decoded<Payload>(body);
  const header = decoded<object>(head);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

  const ours = (claims: object, more: object = {}) => es256({ ...header, ...more }, claims, key.key);
  const rows: [string, RegExp, Contents][] = [
    ['unsigned', /not signed/, { [SIGNATURES_FILE]: null }],
    ['with a signature file that is not JSON', /not JSON/, { [SIGNATURES_FILE]: 'signed, sealed' }],
    ['with nothing for a signature', /must hold one signature/, { [SIGNATURES_FILE]: '{}' }],
    ['with null for a signature', /not JSON|must hold one/, { [SIGNATURES_FILE]: 'null' }],
    ['with no signature in its list', /must hold one signature/, signatures()],
    ['with two signatures', /must hold one signature/, signatures(tokenOf(good), tokenOf(good))],
    ['with a signature that is no JWT', /is no JWT/, signatures('a.b.c')],
    ['with half a JWT', /not by the key|is no JWT/, signatures(`${head}.${body}`)],
    ['with an empty signature', NOT_THE_KEY, signatures(`${head}.${body}.`)],
    ['with a signature of zeros', NOT_THE_KEY, signatures(`${head}.${body}.${'A'.repeat(86)}`)],
    ['with a signature spelt otherwise', /as it is written/, signatures(`${head}.${body}.${respelt(mark)}`)],
    ['by another key', NOT_THE_KEY, signatures(es256(header, payload, stranger.privateKey))],
    [
      'by a key it brings along',
      NOT_THE_KEY,
      signatures(
        es256({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }, payload, stranger.privateKey),
      ),
    ],
    [
      'by an RSA key',
      NOT_THE_KEY,
      signatures(token({ alg: 'RS256' }, payload, (text) => sign('sha256', text, rsa.privateKey))),
    ],
    ['by nobody (alg none)', NOT_THE_KEY, signatures(token({ alg: 'none' }, payload, () => Buffer.alloc(0)))],
    [
      'by whoever has the public key (HS256)',
      NOT_THE_KEY,
      signatures(
        token({ alg: 'HS256' }, payload, (text) => createHmac('sha256', verifyPem).update(text).digest()),
      ),
    ],
    ['by an algorithm it names itself', NOT_THE_KEY, signatures(ours(payload, { alg: 'ES512' }))],
    [
      'with an extension nobody knows',
      NOT_THE_KEY,
      signatures(ours(payload, { crit: ['kisum'], kisum: true })),
    ],
    ['for another scope', /another scope/, signatures(ours({ ...payload, scope: 'read' }))],
    ['over no list', /not a list of files/, signatures(ours({ iat: 1 }))],
    ['over a list of nothing', /not a list of files/, signatures(ours({ files: [null] }))],
    ['over an empty list', /not signed: \.manifest, data\.json/, signatures(ours({ files: [] }))],
    [
      'over all files but one',
      /not signed: policy\.wasm/,
      signatures(ours({ files: payload.files.filter(({ name }) => name !== 'policy.wasm') })),
    ],
    [
      'over a file that is not there',
      /"kisum\/more\.rego" is signed but not in it/,
      signatures(ours({ files: [...payload.files, { ...payload.files[0], name: 'kisum/more.rego' }] })),
    ],
    [
      'over a file twice',
      /signed but not in it/,
      signatures(ours({ files: [...payload.files, payload.files[0]] })),
    ],
    [
      'by a broken digest',
      /another digest than SHA-256/,
      signatures(ours({ files: payload.files.map((file) => ({ ...file, algorithm: 'MD5' })) })),
    ],
    [
      'over other files',
      /is not the file that was signed/,
      signatures(ours({ files: payload.files.map((file) => ({ ...file, hash: '00'.repeat(32) })) })),
    ],
    ['with the signature of another bundle', /not the file that was signed/, await signatureOfAnother(good)],
    [
      'with a rule its signature does not know',
      /not signed: kisum\/more\.rego/,
      { 'kisum/more.rego': 'package kisum.more' },
    ],
    ['with a manifest that is not JSON', /\.manifest is not JSON/, { '.manifest': '{"revision":' }],
    ['without a rule its signature knows', /signed but not in it/, { 'kisum/grant/grant.rego': null }],
  ];
  for (const [index, [name, content]] of [...files].entries()) {
    const bit = flipped(content, index);
    rows.push([
      `one bit of ${name} turned`,
      /not the file that was signed|is not JSON|JWT|must hold one|not by the key/,
      { [name]: bit },
    ]);
  }
  return Promise.all(
    rows.map(async ([name, refused, contents]) => ({
      name,
      refused,
      archive: await packArchive(changed(files, contents)),
    })),
  );
}

function tokenOf({ files }: SignedBundle): string {
  const { signatures: list } = JSON.parse(textOf(files, SIGNATURES_FILE)) as { signatures: string[] };
  return list[0] ?? '';
}

function signatures(...tokens: string[]): Contents {
  return { [SIGNATURES_FILE]: JSON.stringify({ signatures: tokens }) };
}

async function signatureOfAnother({ files, key }: SignedBundle): Promise<Contents> {
  const other = await signFiles(changed(files, { 'kisum/grant/grant.rego': 'package kisum.grant' }), key, 1);
  return { [SIGNATURES_FILE]: textOf(other, SIGNATURES_FILE) };
}

function es256(header: object, payload: object, key: KeyObject): string {
  return token(header, payload, (text) => sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }));
}

function token(header: object, payload: object, mark: (text: Buffer) => Buffer): string {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${mark(Buffer.from(text)).toString('base64url')}`;
}

function decoded<T>(part: string): T {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as T;
}

/** The same bytes with a spare bit set in the last letter. */
function respelt(mark: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return mark.slice(0, -1) + (letters[letters.indexOf(mark.at(-1) ?? '') + 1] ?? '');
}
