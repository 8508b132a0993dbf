/** Notices saves. By looking, because what tells of changes falls silent where folders are swapped or mounted. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LOCK_FILE, sha256 } from '../../engine/lock.ts';

/** Of files that mean something to the policies. */
const KINDS = ['.rego', '.json', '.yaml'];

const LOOK_EVERY_MS = 120;

/** From `policies/` → what it is: by its place on disk, and by what it says. */
type Seen = Map<string, { stamp: string; digest: string }>;

export interface Watcher {
  /** Resolves with the files that say something else than before, once they have stood still between two looks. */
  nextSave(): Promise<string[]>;
}

/** Knows from now on what is there. @param signal ends the waiting with an `AbortError` */
export async function watchFiles(policies: string, signal?: AbortSignal): Promise<Watcher> {
  let known = await look(policies, new Map());
  return {
    async nextSave() {
      let before = known;
      for (;;) {
        await pause(LOOK_EVERY_MS, undefined, { signal });
        const now = await look(policies, before);
        const still = differing(before, now).length === 0;
        const saved = differing(known, now);
        before = now;
        if (!still || saved.length === 0) continue;
        known = now;
        return saved;
      }
    },
  };
}

/** Reads only what has another stamp than before. What vanishes meanwhile is not there. */
async function look(policies: string, before: Seen): Promise<Seen> {
  const names = (await readdir(policies, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const seen: Seen = new Map();
  for (const name of names.filter(isWatched)) {
    const file = join(policies, name);
    try {
      const { mtimeMs, ctimeMs, size, ino } = await stat(file);
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      const known = before.get(name);
      const digest = known?.stamp === stamp ? known.digest : sha256(await readFile(file));
      seen.set(name, { stamp, digest });
    } catch {
      continue;
    }
  }
  return seen;
}

function isWatched(name: string): boolean {
  if (name.startsWith('bundle/')) return name.endsWith(LOCK_FILE);
  return KINDS.includes(extname(name));
}

function differing(before: Seen, now: Seen): string[] {
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names].filter((name) => before.get(name)?.digest !== now.get(name)?.digest).sort();
}
