import { readSnapshot } from '../../platform/auth/snapshot.ts';
import type { AccessSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import type { Operation } from './platform.ts';

/** Catalog, companies, members and grants of this moment. Changes nothing. */
export const takeSnapshot: Operation<Record<string, never>, AccessSnapshot> = ({ db }) => readSnapshot(db);
