import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { CliError, EXIT } from '../errors.ts';
import { whenMissing, whenPresent } from '../home.ts';

/** One file that changes; `null` where there is none. Paths are inside the module, with `/`. */
export interface Write {
  path: string;
  before: string | null;
  after: string | null;
}

const JOURNAL = join('.kisum', 'journal.json');

/**
 * Makes all changes in a folder, or, after an interruption, none is forgotten: what is about to happen is written down
 * first, whole. Throws CliError 3 when an earlier change of this folder was interrupted.
 */
export async function writeAll(folder: string, writes: Write[]): Promise<void> {
  const changes = writes.filter(({ before, after }) => before !== after);
  if (changes.length === 0) return;
  if (!(await begin(folder, changes))) throw interrupted(folder);
  await settle(folder, changes, 'after');
}

/** The journal appears whole, and to one process alone: it is written aside and linked into place. */
async function begin(folder: string, changes: Write[]): Promise<boolean> {
  const journal = join(folder, JOURNAL);
  const draft = `${journal}.${randomBytes(6).toString('hex')}`;
  await put(draft, JSON.stringify(changes));
  const begun = await link(draft, journal).then(() => true, whenPresent);
  await rm(draft);
  return begun === true;
}

/** Whether a change of this folder was begun and not ended. */
export async function unfinished(folder: string): Promise<boolean> {
  return (await read(join(folder, JOURNAL))) !== null;
}

/**
 * Ends an interrupted change: forward (`after`) or back (`before`). Throws CliError 4 when there is none, 3 when a file
 * was edited since, which is then left alone.
 */
export async function recover(folder: string, direction: 'after' | 'before'): Promise<string[]> {
  const journal = await read(join(folder, JOURNAL));
  if (journal === null) throw new CliError(EXIT.precondition, 'no upgrade was interrupted here');
  const changes = JSON.parse(journal) as Write[];
  for (const { path, before, after } of changes) {
    const now = await read(join(folder, path));
    if (now !== before && now !== after) throw edited(path);
  }
  await settle(folder, changes, direction);
  return changes.map(({ path }) => path);
}

async function settle(folder: string, changes: Write[], direction: 'after' | 'before'): Promise<void> {
  for (const change of changes) {
    const content = change[direction];
    if (content === null) await rm(join(folder, change.path), { force: true });
    else await put(join(folder, change.path), content);
  }
  await rm(join(folder, JOURNAL));
}

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, content);
}

async function read(file: string): Promise<string | null> {
  return (await readFile(file, 'utf8').catch(whenMissing)) ?? null;
}

function interrupted(folder: string): CliError {
  return new CliError(
    EXIT.conflict,
    `an upgrade of ${folder} was interrupted: end it with --continue, or take it back with --abort`,
  );
}

function edited(path: string): CliError {
  return new CliError(
    EXIT.conflict,
    `${path} was edited after the upgrade was interrupted: undo the edit, then --continue or --abort`,
  );
}
