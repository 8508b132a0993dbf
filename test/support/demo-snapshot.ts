import { discoverManifests } from '../../modules/manifest/discover.ts';
import { readSnapshot } from '../../platform/auth/snapshot.ts';
import { applyCatalog } from '../../platform/core/apply.ts';
import { seedDemo } from '../../platform/demo.ts';
import type { AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { embeddedDatabase } from './databases.ts';

/** Who may do what among the demo's people, with every module of this tree registered. */
export async function demoSnapshot(): Promise<AccessSnapshot> {
  const { db, drop } = await embeddedDatabase();
  try {
    await applyCatalog(
      db,
      discoverManifests().map(({ manifest }) => manifest),
      { actor: 'test' },
    );
    await seedDemo(db);
    return await readSnapshot(db);
  } finally {
    await drop();
  }
}
