import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CatalogData } from '../../../policies/contract.ts';
import { catalogDigest, catalogLine } from '../../../policies/decision-log/catalog.ts';
import { sealLines } from '../../../policies/decision-log/chain.ts';
import { rawLines } from '../../../policies/decision-log/lines.ts';
import { readLog, type PlacedEntry } from '../../../policies/decision-log/read.ts';

const CATALOG: CatalogData = {
  modules: { finance: { type: 'addon' }, venue: { type: 'base' } },
  packages: { venue: { modules: { venue: true } } },
  addons: {},
  permissions: {},
  routes: {},
  entities: {},
  reads: {},
};

const SEAL = {
  chain: 'c',
  seq: 0,
  count: 0,
  accepted: 0,
  written: 0,
  dropped: {},
  time: '2025-05-03T10:00:00.000Z',
  prev: '',
};

describe('reading a decision log', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'kisum-log-'))));
  after(() => rm(folder, { recursive: true }));

  const written = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };
  const entriesOf = async (text: string) => {
    const entries: PlacedEntry[] = [];
    for await (const entry of readLog(await written('log', text))) entries.push(entry);
    return entries;
  };

  it('gives each line as what it is, with its place', async () => {
    const { text, digest } = catalogLine(CATALOG);
    const { line } = sealLines([], SEAL);
    const entries = await entriesOf(`${text}{"decision_id":"a","input":{}}\n${line}{"decis`);
    expect(entries.map(({ kind, line }) => `${line} ${kind}`)).to.deep.equal([
      '1 catalog',
      '2 event',
      '3 seal',
      '4 unreadable',
    ]);
    expect(entries[0]).to.deep.include({ digest, data: CATALOG });
    expect(entries[1]).to.have.nested.property('event.decision_id', 'a');
  });

  it('never throws for what is no line of a log', async () => {
    const entries = await entriesOf(
      'null\n[]\n\n{"catalog":null}\n{"seal":{"dropped":null}}\n{"open":{"from":-1}}\n{"decision_id":\nPK\u0000\n',
    );
    expect(entries.map(({ kind }) => kind)).to.deep.equal(Array(8).fill('unreadable'));
  });

  it('of an empty file gives nothing', async () => expect(await entriesOf('')).to.deep.equal([]));

  it('loses no byte where lines meet the ends of what is read at once', async () => {
    const lengths = [0, 1, 262_143, 262_144, 262_145, 700_000, 3];
    const text = lengths.map((length) => 'ü'.repeat(length)).join('\n');
    const lines: Buffer[] = [];
    const numbers: number[] = [];
    for await (const some of rawLines(await written('long', text))) {
      for (const { bytes, number } of some) {
        lines.push(bytes);
        numbers.push(number);
      }
    }
    expect(Buffer.concat(lines).toString('utf8')).to.equal(text);
    expect(numbers).to.deep.equal(lengths.map((_, index) => index + 1));
  });

  it('digests equal catalogs equally, in whatever order they were made', () => {
    const { modules, ...rest } = CATALOG;
    const turned = { ...rest, modules: { venue: modules['venue']!, finance: modules['finance']! } };
    expect(catalogDigest(turned)).to.equal(catalogDigest(CATALOG));
    expect(catalogDigest({ ...CATALOG, modules: {} })).to.not.equal(catalogDigest(CATALOG));
  });
});
