import { rm } from 'node:fs/promises';
import { HOME } from '../home.ts';
import type { Outcome } from '../outcome.ts';
import { takeOwnership } from '../owner/lock.ts';

/** Forgets the embedded database, the keys and everything else of the home folder. Refused while something uses it. */
export async function reset(): Promise<Outcome> {
  await takeOwnership(null);
  await rm(HOME, { recursive: true, force: true });
  process.stderr.write('The embedded data is forgotten; the next start begins anew.\n');
  return { text: '' };
}
