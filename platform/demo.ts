import type { Knex } from 'knex';
import { write } from './database/write.ts';

const acme = '11111111-1111-4111-8111-111111111111';
const bluenote = '22222222-2222-4222-8222-222222222222';
const solo = '33333333-3333-4333-8333-333333333333';
const lapsed = '44444444-4444-4444-8444-444444444444';

const person = (number: number): string => `aaaaaaaa-0000-4000-8000-00000000000${number}`;
const [ana, ben, cleo, drew, lee, sol] = [1, 2, 3, 4, 5, 6].map(person) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

export const DEMO_COMPANIES = [
  { id: acme, name: 'Acme' },
  { id: bluenote, name: 'Bluenote' },
  { id: solo, name: 'Solo' },
  { id: lapsed, name: 'Lapsed' },
] as const;

export const DEMO_USERS = [
  { id: ana, name: 'Ana', email: 'ana@acme.example' },
  { id: ben, name: 'Ben', email: 'ben@acme.example' },
  { id: cleo, name: 'Cleo', email: 'cleo@bluenote.example' },
  { id: drew, name: 'Drew', email: 'drew@drew.example' },
  { id: lee, name: 'Lee', email: 'lee@lapsed.example' },
  { id: sol, name: 'Sol', email: 'sol@solo.example' },
] as const;

const UNITS = [
  { company_id: acme, key: 'berlin' },
  { company_id: acme, key: 'rotterdam' },
];

const OPEN = { status: 'active', starts_at: '2024-01-01T00:00:00Z', ends_at: null };
const OVER = { status: 'expired', starts_at: '2024-01-01T00:00:00Z', ends_at: '2025-01-01T00:00:00Z' };

const SUBSCRIPTIONS = [
  { company_id: acme, package_key: 'basic_promoter', ...OPEN },
  { company_id: bluenote, package_key: 'basic_venue', ...OPEN },
  { company_id: solo, package_key: 'basic_artist', ...OPEN },
  { company_id: lapsed, package_key: 'basic_vendor', ...OVER },
];

const ADDONS = [
  { company_id: acme, addon_key: 'finance', ...OPEN },
  { company_id: acme, addon_key: 'ai', ...OPEN },
  { company_id: acme, addon_key: 'touring', ...OPEN },
  { company_id: bluenote, addon_key: 'ai', ...OPEN },
  { company_id: lapsed, addon_key: 'finance', ...OPEN },
];

const ADMINS = [
  { user_id: ana, company_id: acme },
  { user_id: cleo, company_id: bluenote },
  { user_id: lee, company_id: lapsed },
  { user_id: sol, company_id: solo },
];

const benAtAcme = { user_id: ben, company_id: acme };
const cleoAtAcme = { user_id: cleo, company_id: acme };

/**
 * The people and companies to try things with; the catalog must be registered before. Admins get explicit grants for
 * all of it, because a role grants nothing by itself. Does nothing, and returns false, where any company exists already.
 * Throws in production.
 */
export async function seedDemo(db: Knex, actor = 'system:demo'): Promise<boolean> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error('Demo data has no place in production: create companies and users with kisum-cli.');
  }
  return write(db, actor, async (trx) => {
    if (await trx('core.companies').first('id')) return false;
    await trx('core.companies').insert([...DEMO_COMPANIES]);
    await trx('core.business_units').insert(UNITS);
    await trx('core.company_subscriptions').insert(SUBSCRIPTIONS);
    await trx('core.company_addons').insert(ADDONS);
    await trx('auth.users').insert([...DEMO_USERS]);
    await trx('auth.memberships').insert([
      ...ADMINS.map((member) => ({ ...member, role: 'ADMIN', status: 'active' })),
      { ...benAtAcme, role: 'MEMBER', status: 'active' },
      { ...cleoAtAcme, role: 'MEMBER', status: 'active' },
    ]);
    await grantAll(trx, ADMINS);
    await trx('auth.module_grants').insert([
      { ...benAtAcme, module_key: 'finance' },
      { ...cleoAtAcme, module_key: 'promoter' },
    ]);
    await trx('auth.permission_grants').insert([
      { ...benAtAcme, permission_key: 'finance.expense.view' },
      { ...cleoAtAcme, permission_key: 'promoter.event.view' },
    ]);
    return true;
  });
}

/** Every module and permission of the catalog, whatever the company bought. */
async function grantAll(trx: Knex, members: typeof ADMINS): Promise<void> {
  const modules = await trx('core.modules').pluck<string[]>('key');
  const permissions = await trx('core.module_permissions').pluck<string[]>('key');
  for (const member of members) {
    await trx('auth.module_grants').insert(modules.map((module_key) => ({ ...member, module_key })));
    await trx('auth.permission_grants').insert(
      permissions.map((permission_key) => ({ ...member, permission_key })),
    );
  }
}
