/** Whole and rightly signed, and yet not to be served: what is in it does not belong together. */
import type { ChangeVerdict, Decision } from '../../../policies/contract.ts';
import { fileOf, MANIFEST_FILE } from '../../../policies/engine/archive-files.ts';
import { ENTRYPOINTS } from '../../../policies/engine/entrypoints.ts';
import { revisionOf, sha256 } from '../../../policies/engine/lock.ts';
import type { BundleManifest, KnownCase } from '../../../policies/engine/manifest.ts';
import { resigned, textOf, type Contents, type Corruption, type SignedBundle } from './bundle.ts';

const WASM = 'policy.wasm';
const RULE = 'kisum/grant/grant.rego';
const EMPTY_MODULE = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

export async function corruptContents(good: SignedBundle): Promise<Corruption[]> {
  const { files } = good;
  const rows: [string, RegExp, Contents][] = [
    ['without its Wasm', /policy\.wasm is missing/, { [WASM]: null }],
    ['without its manifest', /\.manifest is missing/, { [MANIFEST_FILE]: null }],
    ['without its data', /data\.json is missing/, { 'data.json': null }],
    ['without one of its rules', /grant\.rego \(missing\)/, { [RULE]: null }],
    ['without any rule', /call\.rego \(missing\).*grant\.rego \(missing\)/, noRules(files.keys())],
    [
      'with a rule too many',
      /backdoor\.rego \(not locked\)/,
      { 'kisum/backdoor.rego': 'package kisum.backdoor' },
    ],
    ['with an older rule', /grant\.rego \(changed\)/, { [RULE]: 'package kisum.grant\n\nmodule := true\n' }],
    ['with a catalog of its own', /data\.json holds data/, { 'data.json': '{"catalog":{"routes":{}}}\n' }],
    ['with empty data', /data\.json holds data/, { 'data.json': '[]' }],
    ['whose Wasm is another', /another revision than policy\.wasm has/, { [WASM]: EMPTY_MODULE }],
    ['whose Wasm is none', /not a WebAssembly module/, otherWasm(good, Buffer.from('nonsense'))],
    ['whose Wasm is empty', /not a compiled policy/, otherWasm(good, EMPTY_MODULE)],
    [
      'whose Wasm has another list of reasons',
      /reasons are not those/,
      otherWord(good, 'permission_missing'),
    ],
    ['whose Wasm decides otherwise', /gives another answer/, otherWord(good, 'past_due')],
    ['whose Wasm has lost an entrypoint', /cannot answer/, otherWord(good, 'kisum/layers/layers')],
    ['with a list for a manifest', /is not a JSON object/, { [MANIFEST_FILE]: '[]' }],
    [
      'with a manifest that is not UTF-8',
      /is not a JSON object/,
      { [MANIFEST_FILE]: Buffer.from('{"a":"\xff"}', 'latin1') },
    ],
    ['of another revision', /another revision/, manifest(good, (it) => (it.revision = '000000000000'))],
    ['without a revision', /exactly/, manifest(good, (it) => Reflect.deleteProperty(it, 'revision'))],
    ['with a field too many', /exactly/, manifest(good, (it) => Object.assign(it, { wasm: [] }))],
    ['that owns all data', /must have the roots/, manifest(good, (it) => (it.roots = ['']))],
    ['that owns less', /must have the roots/, manifest(good, (it) => (it.roots = ['kisum']))],
    ['in another Rego', /rego_version/, manifest(good, (it) => Object.assign(it, { rego_version: 0 }))],
    [
      'without metadata',
      /must be an object in metadata/,
      manifest(good, (it) => Object.assign(it, { metadata: null })),
    ],
    ['with an entrypoint too few', /must list the entrypoints/, kisum(good, (it) => it.entrypoints.pop())],
    [
      'with an entrypoint too many',
      /must list the entrypoints/,
      kisum(good, (it) => it.entrypoints.push('kisum/x')),
    ],
    ['by no compiler', /version of opa/, kisum(good, (it) => Reflect.deleteProperty(it, 'opa'))],
    [
      'with no sources',
      /metadata\.kisum\.sources/,
      kisum(good, (it) => Object.assign(it, { sources: null })),
    ],
    [
      'with numbers for digests',
      /digests of the sources/,
      kisum(good, (it) => Object.assign(it, { sources: { [RULE]: 1 } })),
    ],
    [
      'with an accepted change that is none',
      /accepted/,
      kisum(good, (it) => Object.assign(it, { accepted: 'yes' })),
    ],
    [
      'with a change accepted for another',
      /leads to another revision/,
      kisum(good, (it) => (it.accepted = { from: 'aaaaaaaaaaaa', to: 'bbbbbbbbbbbb', changes: [] })),
    ],
    [
      'without known answers',
      /metadata\.kisum\.vectors/,
      kisum(good, (it) => Reflect.deleteProperty(it, 'vectors')),
    ],
    [
      'with no known answer',
      /leave out .*kisum\/decision\/decision/,
      kisum(good, (it) => (it.vectors.cases = [])),
    ],
    [
      'that is asked nothing it refuses',
      /leave out permission_missing/,
      cases(good, (rows) => rows.filter(({ answers }) => !refuses(answers, 'permission_missing'))),
    ],
    [
      'that is asked no change somebody above is safe from',
      /leave out target_above/,
      cases(good, (rows) => rows.filter(({ answers }) => !refuses(answers, 'target_above'))),
    ],
    [
      'with known answers that are none',
      /known answers/,
      kisum(good, (it) => Object.assign(it.vectors, { cases: [null] })),
    ],
    ['with a wrong known answer', /gives another answer than the bundle's own/, cases(good, allowAll)],
    [
      'whose known catalog is another',
      /gives another answer|cannot answer/,
      kisum(good, (it) => (it.vectors.catalog.routes = {})),
    ],
  ];
  return Promise.all(
    rows.map(async ([name, refused, contents]) => ({
      name,
      refused,
      archive: await resigned(good, contents),
    })),
  );
}

function noRules(names: Iterable<string>): Contents {
  return Object.fromEntries([...names].filter((name) => name.endsWith('.rego')).map((name) => [name, null]));
}

function manifest({ files }: SignedBundle, change: (it: BundleManifest) => unknown): Contents {
  const copy = JSON.parse(textOf(files, MANIFEST_FILE)) as BundleManifest;
  change(copy);
  return { [MANIFEST_FILE]: JSON.stringify(copy) };
}

function kisum(good: SignedBundle, change: (it: BundleManifest['metadata']['kisum']) => unknown): Contents {
  return manifest(good, (it) => change(it.metadata.kisum));
}

/** Whether an answer names the reason, as the decision's or against a change. */
function refuses(answers: KnownCase['answers'], reason: string): boolean {
  const decision = answers[ENTRYPOINTS.decision] as Decision | undefined;
  const verdict = answers[ENTRYPOINTS.delegation] as ChangeVerdict | undefined;
  return decision?.reason === reason || (verdict?.reasons as string[] | undefined)?.includes(reason) === true;
}

function cases(good: SignedBundle, change: (rows: KnownCase[]) => KnownCase[]): Contents {
  return kisum(good, ({ vectors }) => (vectors.cases = change(vectors.cases)));
}

/** The first refusal turned into an allowance. */
function allowAll(rows: KnownCase[]): KnownCase[] {
  const path = 'kisum/decision/decision';
  const index = rows.findIndex(({ name }) => name === 'module not granted');
  return rows.map((row, at) =>
    at === index ? { ...row, answers: { ...row.answers, [path]: { allow: true, reason: null } } } : row,
  );
}

/** Another Wasm under its own, rightly named revision. */
function otherWasm(good: SignedBundle, wasm: Uint8Array): Contents {
  return { [WASM]: wasm, ...manifest(good, (it) => (it.revision = revisionOf(sha256(wasm)))) };
}

/** The compiled policy with one of its words misspelt, wherever it stands. */
function otherWord(good: SignedBundle, word: string): Contents {
  const wasm = Buffer.from(fileOf(good.files, WASM));
  for (let at = wasm.indexOf(word); at >= 0; at = wasm.indexOf(word, at + 1)) wasm[at] = 'Z'.charCodeAt(0);
  return otherWasm(good, wasm);
}
