import { randomUUID } from 'node:crypto';
import type { Manifest, OwnedEntity } from '../../modules/manifest/manifest.ts';
import { addMembership, createUser, type Member } from '../../platform/auth/memberships.ts';
import { applyCatalog } from '../../platform/core/apply.ts';
import type { CatalogPlan } from '../../platform/core/plan/plan.ts';
import { readState } from '../../platform/core/plan/state.ts';
import { createCompany, type Period } from '../../platform/core/subscriptions.ts';
import type { Database } from '../../platform/database/database.ts';

export const ACTOR = 'test';

export const day = (number: number): Date => new Date(Date.UTC(2020, 0, number));
export const period = (from: number, to: number | null, status: Period['status'] = 'active'): Period => ({
  status,
  startsAt: day(from),
  endsAt: to === null ? null : day(to),
});

export function owned(entity: string, shared = false): OwnedEntity {
  return {
    entity,
    plural: `${entity}s`,
    shared,
    actions: ['view', 'create', 'update', 'delete'],
    fields: [],
    companies: ['company_id'],
    audience: 'company',
    scope: 'company',
  };
}

export function manifestOf(key: string, type: Manifest['type'], more: Partial<Manifest> = {}): Manifest {
  return {
    uid: randomUUID(),
    key,
    title: key,
    owner: 'tests',
    purpose: 'to be tested',
    type,
    services: [key],
    owns: [],
    reads: [],
    routes: [],
    integrations: [],
    mustNot: [],
    ...more,
  };
}

/** Applies manifests beside those that are active already, whatever that breaks. */
export async function register(db: Database, ...manifests: Manifest[]): Promise<CatalogPlan> {
  const { entries } = await readState(db);
  const others = entries.flatMap(({ manifest, status, uid }) =>
    manifest && status === 'active' && !manifests.some((it) => it.uid === uid) ? [manifest] : [],
  );
  const options = { actor: ACTOR, allowBreaking: true, allowTypeChange: true };
  return applyCatalog(db, [...others, ...manifests], options);
}

/** promoter and venue (base), finance and ai (add-on), registered and on sale. */
export async function seedCatalog(db: Database): Promise<void> {
  await register(
    db,
    manifestOf('promoter', 'base', { owns: [owned('event', true)] }),
    manifestOf('venue', 'base', { owns: [owned('space')] }),
    manifestOf('finance', 'addon', {
      owns: [owned('expense')],
      reads: [{ entity: 'promoter.event', why: 'settlements' }],
      soldWith: ['promoter'],
    }),
    manifestOf('ai', 'addon', { owns: [owned('prediction')] }),
  );
}

export async function newCompany(db: Database): Promise<string> {
  const id = randomUUID();
  await createCompany(db, { id, name: `Company ${id}` }, ACTOR);
  return id;
}

export async function newUser(db: Database): Promise<string> {
  const id = randomUUID();
  await createUser(db, { id, name: 'Somebody', email: `${id}@users.example` }, ACTOR);
  return id;
}

export async function newMember(db: Database, role = 'MEMBER'): Promise<Member> {
  const member = { userId: await newUser(db), companyId: await newCompany(db) };
  await addMembership(db, member, { role, status: 'active' }, ACTOR);
  return member;
}
