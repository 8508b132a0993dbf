/** Who may enter what at one moment: the catalog, every company with what it bought, every member with their grants. */
import type {
  AccessFacts,
  AddonFacts,
  CatalogData,
  MembershipStatus,
  SubscriptionFacts,
} from '../../contract.ts';
import { WorkbenchError } from '../run.ts';
import { snapshotFault } from './shapes.ts';

export const SNAPSHOT_SCHEMA = 'kisum.access-snapshot/v1';

export interface SnapshotMember {
  /** Of the user, lower-case UUID. */
  id: string;
  /** Absent in an anonymous snapshot. */
  name?: string;
  role: string;
  status: MembershipStatus;
  /** Keys of what was granted. */
  modules: string[];
  permissions: string[];
}

export interface SnapshotCompany {
  id: string;
  /** Absent in an anonymous snapshot. */
  name?: string;
  subscriptions: SubscriptionFacts[];
  addons: AddonFacts[];
  members: SnapshotMember[];
}

export interface AccessSnapshot {
  schema: typeof SNAPSHOT_SCHEMA;
  /** ISO, by the clock that judged every period in here. */
  takenAt: string;
  catalogVersion: number;
  catalog: CatalogData;
  companies: SnapshotCompany[];
}

/** What policy is told of one member. */
export function factsOf(company: SnapshotCompany, member: SnapshotMember): AccessFacts {
  const { subscriptions, addons } = company;
  const { status, modules, permissions } = member;
  return { membership: { status }, subscriptions, addons, modules, permissions };
}

/** The same without a name of anybody. */
export function anonymous(snapshot: AccessSnapshot): AccessSnapshot {
  const companies = snapshot.companies.map(({ name: _, members, ...company }) => ({
    ...company,
    members: members.map(({ name: __, ...member }) => member),
  }));
  return { ...snapshot, companies };
}

/** @param from names the text in the error. Throws `WorkbenchError` when it is no snapshot. */
export function parseSnapshot(text: string, from: string): AccessSnapshot {
  const snapshot = parsed(text);
  const fault = snapshotFault(snapshot, SNAPSHOT_SCHEMA);
  if (fault === null) return snapshot as AccessSnapshot;
  throw new WorkbenchError(
    `${from} is no access snapshot (${fault}): make one with "kisum-cli policy snapshot --out <file>"`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
