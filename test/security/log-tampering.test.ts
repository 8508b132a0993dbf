import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { sealLines } from '../../policies/decision-log/chain.ts';
import { checkpointLine, signCheckpoint } from '../../policies/decision-log/checkpoint.ts';
import type { Seal } from '../../policies/decision-log/entry.ts';
import type { LogSigner } from '../../policies/decision-log/keys.ts';
import { verifyLogs, type LogReport, type VerifyOptions } from '../../policies/decision-log/verify.ts';
import { eventText, filesOf, logDecisions, logFolder, logKey, openLog } from '../support/decision-log.ts';

/** A whole log as it lies on disk: file name → content. */
type Log = Map<string, string>;

const SOON_MS = 2000;
/** Per kind of change. `KISUM_TAMPER_RUNS=3000` looks longer. */
const RUNS = { numRuns: Number(process.env['KISUM_TAMPER_RUNS'] ?? 120) };
const key = logKey();

describe('somebody who can write the decision log', () => {
  let folder: string;
  let turn = 0;
  let outside: string;
  /** Two processes, the first one killed in the middle of a line; rotated; the second one closed in order. */
  let log: Log;
  /** The same log at earlier moments. */
  const earlier: Log[] = [];
  /** Another log, signed with the same key. */
  let other: Log;

  const lay = async (files: Log): Promise<string[]> => {
    const place = join(folder, `try-${(turn += 1)}`);
    await mkdir(place);
    for (const [name, text] of files) await writeFile(join(place, name), text, 'latin1');
    return [...files.keys()].map((name) => join(place, name));
  };
  const snapshot = async (path: string): Promise<Log> => {
    const files: Log = new Map();
    for (const file of await filesOf(path)) files.set(basename(file), await readFile(file, 'latin1'));
    return files;
  };
  const verify = async (files: Log, options: VerifyOptions = {}): Promise<LogReport> =>
    verifyLogs(await lay(files), { keys: key.keys, checkpoints: [outside], ...options });
  const kinds = ({ findings }: LogReport) => findings.map(({ kind }) => kind);

  before(async () => {
    folder = await logFolder();
    outside = join(folder, 'outside');
    const { signer } = key;
    const options = { signer, outsideAt: outside, maxBytes: 6000 };
    const first = join(folder, 'first', 'decisions');
    await mkdir(join(folder, 'first'));
    const killed = await openLog(first, options);
    for (let round = 0; round < 3; round += 1) {
      await logDecisions(killed, 4);
      earlier.push(await snapshot(first));
    }
    // What it leaves behind is taken here; its own farewell goes elsewhere.
    const second = join(folder, 'second', 'decisions');
    await cp(join(folder, 'first'), join(folder, 'second'), { recursive: true });
    const kept = await readFile(outside);
    await killed.close(SOON_MS);
    await writeFile(outside, kept);
    await writeFile(second, (await readFile(second, 'utf8')) + eventText() + eventText().slice(0, 99));
    const next = await openLog(second, options);
    for (let round = 0; round < 3; round += 1) {
      await logDecisions(next, 4);
      earlier.push(await snapshot(second));
    }
    await next.close(SOON_MS);
    log = await snapshot(second);

    const foreign = join(folder, 'other', 'decisions');
    await mkdir(join(folder, 'other'));
    const process = await openLog(foreign, { signer, maxBytes: 6000 });
    for (let round = 0; round < 4; round += 1) await logDecisions(process, 4);
    await process.close(SOON_MS);
    other = await snapshot(foreign);
    expect([...log.keys()].length, 'files of the log').to.be.greaterThan(2);
  });
  after(() => rm(folder, { recursive: true }));

  describe('who does nothing is not accused', () => {
    it('a log of two processes, rotated, with the tail of a crash, which is said', async () => {
      const report = await verify(log);
      expect(report.findings).to.deep.equal([]);
      expect(report.chains.map(({ closed }) => closed).sort()).to.deep.equal([false, true]);
      const crashed = report.chains.find(({ closed }) => !closed)!;
      expect(crashed.unsealed).to.deep.include({ lines: 2, events: 2 });
    });

    it('a log that is still being written, whenever it is looked at', async () => {
      for (const moment of earlier) {
        const present = await verify(moment, { checkpoints: [] });
        expect(present.findings).to.deep.equal([]);
      }
    });

    it('a log whose oldest files were removed by rotation', async () => {
      const path = join(folder, 'short', 'decisions');
      await mkdir(join(folder, 'short'));
      const held = join(folder, 'held');
      for (let life = 0; life < 3; life += 1) {
        const process = await openLog(path, { signer: key.signer, outsideAt: held, maxBytes: 4000, keep: 2 });
        for (let round = 0; round < 5; round += 1) await logDecisions(process, 4);
        await process.close(SOON_MS);
      }
      const report = await verifyLogs(await filesOf(path), { keys: key.keys, checkpoints: [held] });
      expect(report.findings).to.deep.equal([]);
      expect(report.notes.join()).to.match(/removed by rotation/);
    });
  });

  /** One change to one file: what is done, where, and what it makes of the text. */
  interface Deed {
    name: string;
    deed: string;
    index: number;
  }
  const LINE_ENDS = /(?<=\n)/;
  const BATCH_ENDS = /(?<="hash":"[0-9a-f]{64}"\}\}\n)/;
  const withFile = (name: string, text: string): Log => new Map([...log, [name, text]]);
  const isChanged = (changed: Log) => [...changed].some(([name, text]) => text !== log.get(name));

  /** Whatever is done to the log is found. */
  const always = <Change>(changes: fc.Arbitrary<Change>, done: (change: Change) => Log) =>
    fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const changed = done(change);
        fc.pre(isChanged(changed));
        const { findings } = await verify(changed);
        return findings.length > 0;
      }),
      RUNS,
    );
  const places = () =>
    fc.constantFrom(...[...log].flatMap(([name, text]) => [...text].map((_, index) => ({ name, index }))));
  const deeds = (parts: RegExp) => {
    const all = [...log].flatMap(([name, text]) => text.split(parts).map((_, index) => ({ name, index })));
    const what = ['delete', 'double', 'swap', 'insert', 'replace', 'move'];
    return fc
      .tuple(fc.constantFrom(...all), fc.constantFrom(...what), fc.nat())
      .map(([place, deed, number]) => ({ ...place, deed, number }));
  };
  const doTo = (parts: RegExp, foreign: string[]) => (change: Deed & { number: number }) => {
    const { name, index, deed, number } = change;
    const text = log.get(name)!.split(parts);
    const [part] = text.splice(index, 1) as [string];
    const strange = foreign[number % foreign.length]!;
    if (deed === 'double') text.splice(index, 0, part, part);
    if (deed === 'swap') text.splice(index + 1, 0, part);
    if (deed === 'insert') text.splice(index, 0, strange, part);
    if (deed === 'replace') text.splice(index, 0, strange);
    if (deed === 'move') text.splice(number % (text.length + 1), 0, part);
    return withFile(name, text.join(''));
  };
  const allParts = (parts: RegExp) => [...log, ...other].flatMap(([, text]) => text.split(parts));

  describe('is found when', () => {
    it('a byte is changed, anywhere', () =>
      always(fc.tuple(places(), fc.integer({ min: 1, max: 255 })), ([{ name, index }, by]) => {
        const text = log.get(name)!;
        const byte = String.fromCharCode((text.charCodeAt(index) + by) % 256);
        return withFile(name, text.slice(0, index) + byte + text.slice(index + 1));
      }));

    it('a line is deleted, doubled, moved, replaced or put in, anywhere', () =>
      always(deeds(LINE_ENDS), doTo(LINE_ENDS, [eventText(), ...allParts(LINE_ENDS)])));

    it('a whole batch is deleted, doubled, moved, replaced or put in', () =>
      always(deeds(BATCH_ENDS), doTo(BATCH_ENDS, allParts(BATCH_ENDS))));

    it('a file is cut off, anywhere', () =>
      always(places(), ({ name, index }) => withFile(name, log.get(name)!.slice(0, index))));

    it('the front of a file is taken away, anywhere', () =>
      always(places(), ({ name, index }) => withFile(name, log.get(name)!.slice(index + 1))));

    it('two places are changed at once', () =>
      always(fc.tuple(places(), places()), (both) => {
        const changed = new Map(log);
        for (const { name, index } of both) {
          const text = changed.get(name)!;
          changed.set(name, `${text.slice(0, index)}#${text.slice(index + 1)}`);
        }
        return changed;
      }));

    it('a file is missing, whichever', async () => {
      for (const name of log.keys()) {
        const changed = new Map(log);
        changed.delete(name);
        expect(kinds(await verify(changed)), name).to.not.be.empty;
      }
    });

    it('a whole file of another log lies among them', async () => {
      for (const [name, text] of other) {
        const changed = new Map([...log, [`${name}.other`, text]]);
        expect(kinds(await verify(changed)), name).to.include('checkpoint');
      }
    });

    it('a file is there twice', async () => {
      for (const [name, text] of log) {
        const changed = new Map([...log, [`${name}.copy`, text]]);
        expect(kinds(await verify(changed)), name).to.include('twice');
      }
    });

    it('files stand in for each other, or for those of another log', async () => {
      for (const name of log.keys()) {
        for (const [from, text] of [...log, ...other]) {
          if (text === log.get(name)) continue;
          expect(kinds(await verify(withFile(name, text))), `${from} as ${name}`).to.not.be.empty;
        }
      }
    });

    it('an older state of the log, or of one file, is put back', async () => {
      for (const moment of earlier) {
        expect(kinds(await verify(moment))).to.not.be.empty;
        for (const [name, text] of moment) {
          if (text === log.get(name)) continue;
          expect(kinds(await verify(withFile(name, text))), name).to.not.be.empty;
        }
      }
    });
  });

  /** Changes an event, and seals everything behind it anew; checkpoints that no longer fit are kept or left out. */
  function sealAnew(files: Log, spared: number, keepCheckpoints: boolean): Log {
    const changed: Log = new Map();
    const anew = new Map<string, string>();
    let events = 0;
    let done = spared === Infinity;
    for (const [name, text] of files) {
      let hash = createHash('sha256');
      const lines: string[] = [];
      for (const raw of text.split(LINE_ENDS)) {
        let line = raw;
        for (const [old, fresh] of anew) line = line.replaceAll(old, fresh);
        if (line.startsWith('{"decision_id"') && (events += 1) === spared + 1) {
          line = line.replace('"allow":false,"reason":"no_membership"', '"allow":true,"reason":null');
          done = true;
        }
        if (done && !keepCheckpoints && line.startsWith('{"checkpoint"')) continue;
        if (line.startsWith('{"open"')) hash = createHash('sha256');
        const end = line.indexOf(',"hash":"');
        if (line.startsWith('{"seal"') && end > 0) {
          const fresh = hash.update(line.slice(0, end), 'latin1').digest('hex');
          anew.set(line.slice(end + 9, end + 73), fresh);
          line = `${line.slice(0, end + 9)}${fresh}"}}\n`;
          hash = createHash('sha256');
        } else hash.update(line, 'latin1');
        lines.push(line);
      }
      changed.set(name, lines.join(''));
    }
    return changed;
  }

  /** Puts a checkpoint of its own in the place of every one that is there. */
  function signAnew(files: Log, signer: LogSigner): Log {
    const sign = (text: string) => {
      let seal: Seal | undefined;
      const lines = text.split(LINE_ENDS).map((line) => {
        if (line.startsWith('{"seal"')) ({ seal } = JSON.parse(line) as { seal: Seal });
        if (!line.startsWith('{"checkpoint"') || !seal) return line;
        const { chain, seq, hash, time, accepted, written } = seal;
        return checkpointLine(signCheckpoint({ chain, seq, hash, time, accepted, written }, signer));
      });
      return lines.join('');
    };
    // A checkpoint is sealed by the next batch, and the next seal says what it signs: again until nothing changes.
    let now = files;
    for (let round = 0; round < 30; round += 1)
      now = sealAnew(new Map([...now].map(([name, text]) => [name, sign(text)])), Infinity, true);
    return now;
  }

  describe('and seals everything anew, without the key, is found', () => {
    it('whatever was changed, whether the old checkpoints are left or taken out', async () => {
      const unseen = await verify(sealAnew(other, 0, false), { keys: undefined as never, checkpoints: [] });
      expect(unseen.findings, 'this attacker does it right: only a key can tell').to.deep.equal([]);
      for (let spared = 0; spared < 24; spared += 5) {
        for (const keep of [true, false]) {
          const changed = sealAnew(log, spared, keep);
          expect(kinds(await verify(changed)), `${spared} ${keep}`).to.not.be.empty;
        }
      }
    });

    it('by the key alone as well, where the chain was closed or goes on for long', async () => {
      const changed = sealAnew(log, 20, false);
      expect(kinds(await verify(changed, { checkpoints: [] }))).to.include('missing');
      const path = join(folder, 'long');
      const process = await openLog(path, { signer: key.signer, batchBytes: 1 });
      await logDecisions(process, 150);
      const running = await snapshot(path);
      await process.close(SOON_MS);
      expect((await verify(running, { checkpoints: [] })).findings).to.deep.equal([]);
      const forged = await verify(sealAnew(running, 5, false), { checkpoints: [] });
      expect(kinds(forged)).to.include('unsigned');
    });

    it('by the key alone, when the old checkpoints are left, or forged under the name of the key', async () => {
      const stale = sealAnew(log, 0, true);
      expect(kinds(await verify(stale, { checkpoints: [] }))).to.include('checkpoint');
      const forger: LogSigner = { kid: key.signer.kid, sign: (text) => logKey().signer.sign(text) };
      const forged = signAnew(sealAnew(log, 0, true), forger);
      expect(kinds(await verify(forged, { checkpoints: [] }))).to.include('checkpoint');
    });

    it('with the very key, by what was held outside', async () => {
      const forged = signAnew(sealAnew(other, 0, true), key.signer);
      expect(
        (await verify(forged, { checkpoints: [] })).findings,
        'who has the key needs no more',
      ).to.deep.equal([]);
      const own = signAnew(sealAnew(log, 20, true), key.signer);
      expect(kinds(await verify(own))).to.include('changed');
    });

    it('by the key alone, when a batch is put behind the end', async () => {
      const text = other.get('decisions')!;
      const [sealed, checkpoint] = text.trimEnd().split('\n').slice(-2) as [string, string];
      const { seal } = JSON.parse(sealed) as { seal: Seal };
      const { end, hash: prev, ...last } = seal;
      expect(end).to.equal(true);
      const event = eventText();
      const { line } = sealLines([`${checkpoint}\n${event}`], {
        ...last,
        prev,
        seq: last.seq + 1,
        count: 1,
        written: last.written + 1,
        accepted: last.accepted + 1,
      });
      const changed = new Map([...other, ['decisions', text + event + line]]);
      expect(kinds(await verify(changed, { checkpoints: [] }))).to.include('inserted');
    });

    it('with a key of their own, or as a log that nobody signs', async () => {
      for (const signer of [logKey().signer, undefined]) {
        const path = join(folder, `forged-${signer?.kid ?? 'plain'}`);
        const process = await openLog(path, { signer });
        await logDecisions(process, 5);
        await process.close(SOON_MS);
        expect(kinds(await verify(await snapshot(path), { checkpoints: [] }))).to.include('unsigned');
        expect(kinds(await verify(await snapshot(path)))).to.include('missing');
      }
    });
  });
});
