import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { whenMissing, whenPresent } from '../home.ts';
import { isRunning, tagOf, thisProcess, type ProcessId } from './process.ts';

/** Why a lock is not to be had, and the file that says so. */
export type Refuse = (why: string, file: string) => Error;

/** What its living holder wrote into a lock file, if there is one. */
export async function holderOf<Holder extends ProcessId>(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(whenMissing);
  if (text === undefined) return undefined;
  const holder = JSON.parse(text) as Holder;
  return (await isRunning(holder)) ? holder : undefined;
}

/**
 * Makes this process the only holder of a lock file, until it gives it back or dies.
 * @param more what the file says beside who holds it
 * @returns what gives it back
 */
export async function holdAlone(file: string, more: object, refuse: Refuse): Promise<() => Promise<void>> {
  const holder = { ...(await thisProcess()), ...more };
  if (!(await claim(file, holder))) await takeOver(file, holder, refuse);
  return () => rm(file, { force: true });
}

/** The lock appears whole or not at all: it is written aside and linked into place. */
async function claim(file: string, holder: ProcessId): Promise<boolean> {
  const draft = `${file}.${tagOf(holder)}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  const claimed = await link(draft, file).then(() => true, whenPresent);
  await rm(draft);
  return claimed === true;
}

/** A dead holder's lock is replaced by one process at a time, which looks again once it is alone. */
async function takeOver(file: string, holder: ProcessId, refuse: Refuse): Promise<void> {
  const takeover = `${file}.takeover`;
  const alone = await writeFile(takeover, '', { flag: 'wx' }).then(() => true, whenPresent);
  if (!alone) throw refuse('another process is taking it over just now', takeover);
  try {
    const living = await holderOf(file);
    if (living) throw refuse(`process ${living.pid} owns it`, file);
    await rm(file, { force: true });
    if (!(await claim(file, holder))) throw refuse('another process was faster', file);
  } finally {
    await rm(takeover, { force: true });
  }
}
