import writeFileAtomic from 'write-file-atomic';
import { anonymous, type AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';

export interface SnapshotOptions {
  out?: string;
  anonymous?: boolean;
}

/** Everything a decision reads of everybody, as a file for `policy diff --data`. */
export async function snapshot({ out, anonymous: nameless = false }: SnapshotOptions): Promise<Outcome> {
  const taken = await currentSnapshot();
  const kept = nameless ? anonymous(taken) : taken;
  const examined = countsIn(kept);
  if (out === undefined) return { text: JSON.stringify(kept), data: kept, examined };
  await writeFileAtomic(out, `${JSON.stringify(kept)}\n`);
  const { companies, members } = examined;
  return {
    text: `kept in ${out}: ${companies} companies, ${members} members, catalog version ${kept.catalogVersion}`,
    data: { file: out, takenAt: kept.takenAt, catalogVersion: kept.catalogVersion },
    examined,
  };
}

/** Throws CliError 4 where there is nobody to speak of. */
export async function currentSnapshot(): Promise<AccessSnapshot> {
  const taken = await perform('take-snapshot', {});
  if (taken.companies.length > 0) return taken;
  throw new CliError(
    EXIT.precondition,
    'there is no company in the database, so nobody whom a policy could concern: "npm start" brings the demo\'s, "kisum-cli company create" makes one',
  );
}

function countsIn({ companies, catalog }: AccessSnapshot): Record<string, number> {
  return {
    companies: companies.length,
    members: companies.flatMap(({ members }) => members).length,
    routes: Object.keys(catalog.routes).length,
  };
}
