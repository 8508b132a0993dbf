import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { HOME, inHome, whenMissing, whenPresent } from '../home.ts';
import { CliError, EXIT } from '../errors.ts';
import { isRunning, thisProcess, type ProcessId } from './process.ts';

/** Who owns the embedded database: the one process that may open its folder. */
export interface Owner extends ProcessId {
  /** Where it takes commands; `null` for a command that owns it only briefly. */
  endpoint: string | null;
}

const LOCK = inHome('owner.json');
const TAKEOVER = inHome('owner.takeover');

/** The living owner, if any. */
export async function currentOwner(): Promise<Owner | undefined> {
  const text = await readFile(LOCK, 'utf8').catch(whenMissing);
  if (text === undefined) return undefined;
  const owner = JSON.parse(text) as Owner;
  return (await isRunning(owner)) ? owner : undefined;
}

/**
 * Makes this process the owner.
 * @returns what gives the ownership back
 * @throws CliError 5 naming the owner there is
 */
export async function takeOwnership(endpoint: string | null): Promise<() => Promise<void>> {
  await mkdir(HOME, { recursive: true });
  const owner: Owner = { ...(await thisProcess()), endpoint };
  if (!(await claim(owner))) await takeOver(owner);
  return () => rm(LOCK, { force: true });
}

/** The lock appears whole or not at all: it is written aside and linked into place. */
async function claim(owner: Owner): Promise<boolean> {
  const draft = `${LOCK}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  const claimed = await link(draft, LOCK).then(() => true, whenPresent);
  await rm(draft);
  return claimed === true;
}

/** A dead owner's lock is replaced by one process at a time, which looks again once it is alone. */
async function takeOver(owner: Owner): Promise<void> {
  const alone = await writeFile(TAKEOVER, '', { flag: 'wx' }).then(() => true, whenPresent);
  if (!alone) throw owned('another process is taking it over just now', TAKEOVER);
  try {
    const living = await currentOwner();
    if (living) throw owned(`process ${living.pid} owns it`, LOCK);
    await rm(LOCK, { force: true });
    if (!(await claim(owner))) throw owned('another process was faster', LOCK);
  } finally {
    await rm(TAKEOVER, { force: true });
  }
}

const owned = (why: string, file: string) =>
  new CliError(
    EXIT.outside,
    `the embedded database is in use: ${why}; stop it first (or, if it is gone, delete ${file})`,
  );
