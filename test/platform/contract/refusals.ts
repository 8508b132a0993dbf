import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { addAddon, subscribe } from '../../../platform/core/subscriptions.ts';
import type { Database } from '../../../platform/database/database.ts';
import { RefusedByDatabase, refusal } from '../../../platform/database/errors.ts';
import { write } from '../../../platform/database/write.ts';
import { ACTOR, newCompany, newMember, newUser, period } from '../fixtures.ts';

type Work = (trx: Knex) => PromiseLike<unknown>;

const module = (key: string, type: string) => ({ key, type, title: key, purpose: 'x', uid: key });
const route = (more: Record<string, unknown>) => ({
  id: 'finance.report.list',
  service_key: 'finance',
  method: 'GET',
  path: '/api/finance/reports',
  access: 'module',
  module_key: 'finance',
  permission_key: 'finance.expense.view',
  ...more,
});
const wire =
  (package_key: string, module_key: string): Work =>
  (trx) =>
    trx('core.package_modules').insert({ package_key, module_key });
const newRoute =
  (more: Record<string, unknown>): Work =>
  (trx) =>
    trx('core.routes').insert(route(more));

/** What is refused, by which constraint, and a way to try it. */
const REFUSALS: [what: string, code: string, work: Work][] = [
  [
    'a module of another type',
    'modules_type_base_or_addon',
    (trx) => trx('core.modules').insert(module('x', 'system')),
  ],
  ['a second base in a basic package', 'package_modules_one_base', wire('basic_venue', 'promoter')],
  ['an add-on module in a basic package', 'package_modules_base_only_in_basic', wire('basic_venue', 'ai')],
  [
    'a basic package without a base',
    'package_modules_one_base',
    (trx) => trx('core.packages').insert({ key: 'basic_nothing', title: 'x' }),
  ],
  [
    'a package renamed to basic without a base',
    'package_modules_one_base',
    async (trx) => {
      await trx('core.packages').insert({ key: 'suite', title: 'x' });
      await trx('core.packages').where({ key: 'suite' }).update({ key: 'basic_suite' });
    },
  ],
  [
    'the only base taken out of a basic package',
    'package_modules_one_base',
    (trx) => trx('core.package_modules').where({ package_key: 'basic_venue' }).delete(),
  ],
  [
    'a basic package wired over to an add-on',
    'package_modules_base_only_in_basic',
    (trx) => trx('core.package_modules').where({ package_key: 'basic_venue' }).update({ module_key: 'ai' }),
  ],
  [
    'a base module in any other package',
    'package_modules_base_only_in_basic',
    async (trx) => {
      await trx('core.packages').insert({ key: 'basics', title: 'x' });
      await wire('basics', 'venue')(trx);
    },
  ],
  [
    'a base module in an add-on',
    'addon_modules_never_base',
    (trx) => trx('core.addon_modules').insert({ addon_key: 'ai', module_key: 'venue' }),
  ],
  [
    'an add-on wired over to a base module',
    'addon_modules_never_base',
    (trx) => trx('core.addon_modules').where({ addon_key: 'ai' }).update({ module_key: 'venue' }),
  ],
  [
    'a lie about the type of a wired module',
    'addon_modules_never_base',
    (trx) => trx('core.addon_modules').insert({ addon_key: 'ai', module_key: 'venue', module_type: 'addon' }),
  ],
  [
    'a wired base module made an add-on',
    'package_modules_module',
    (trx) => trx('core.modules').where({ key: 'venue' }).update({ type: 'addon' }),
  ],
  [
    'a wired add-on module made a base',
    'addon_modules_module',
    (trx) => trx('core.modules').where({ key: 'ai' }).update({ type: 'base' }),
  ],
  [
    'an add-on sold with what is no base',
    'addon_bases_only_base',
    (trx) => trx('core.addon_bases').insert({ addon_key: 'ai', module_key: 'finance' }),
  ],
  [
    "a permission under another module's key",
    'module_permissions_prefix',
    (trx) =>
      trx('core.module_permissions').insert({ key: 'finance.deal.view', module_key: 'ai', title: 'x' }),
  ],
  [
    'a permission of two segments',
    'module_permissions_shape',
    (trx) => trx('core.module_permissions').insert({ key: 'ai.view', module_key: 'ai', title: 'x' }),
  ],
  [
    'a shared entity name claimed twice',
    'owned_entities_shared_name',
    (trx) =>
      trx('core.owned_entities').insert({
        module_key: 'ai',
        entity: 'event',
        plural: 'events',
        shared: true,
      }),
  ],
  [
    'an entity of a taken name shared later',
    'owned_entities_shared_name',
    async (trx) => {
      const row = { module_key: 'ai', entity: 'event', plural: 'events' };
      await trx('core.owned_entities').insert({ ...row, shared: false });
      await trx('core.owned_entities').where(row).update({ shared: true });
    },
  ],
  [
    'a read of what nobody owns',
    'read_entities_owned',
    (trx) => trx('core.read_entities').insert({ reader_key: 'ai', owner_key: 'venue', entity: 'ghost' }),
  ],
  ['a route outside /api', 'routes_own_prefix', newRoute({ path: '/internal/finance/reports' })],
  ['a route with dot segments', 'routes_path_shape', newRoute({ path: '/api/finance/../ai' })],
  ["a route under another module's path", 'routes_own_prefix', newRoute({ path: '/api/ai/reports' })],
  ["a route under another module's id", 'routes_own_prefix', newRoute({ id: 'ai.report.list' })],
  ['a module route without permission', 'routes_module_needs_permission', newRoute({ permission_key: null })],
  ['a public route with permission', 'routes_module_needs_permission', newRoute({ access: 'public' })],
  [
    "a route with another module's permission",
    'routes_permission',
    newRoute({ permission_key: 'ai.prediction.view' }),
  ],
  ["a route of another module's entity", 'routes_entity_of_module', newRoute({ entity: 'ai.prediction' })],
  [
    'one path twice with other parameter names',
    'routes_once',
    newRoute({ id: 'finance.expense.again', path: '/api/finance/expenses/{expense:uuid}' }),
  ],
  ['an unknown method', 'routes_method', newRoute({ method: 'TRACE' })],
  ['truncation', 'never_truncated', (trx) => trx.raw('truncate core.company_addons')],
  ['a missing value', 'value_missing', (trx) => trx('core.addons').insert({ key: 'x' })],
];

export function refusals(database: () => Database): void {
  const refused = async (code: string, work: Work): Promise<RefusedByDatabase> => {
    const error = await write(database(), ACTOR, async (trx) => work(trx)).then(
      () => expect.fail('it was allowed'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof RefusedByDatabase)) throw error;
    expect(error.code).to.equal(code);
    expect(error.message).to.equal(`${error.what}. ${error.remedy}.`);
    expect(error.cause).to.be.instanceOf(Error);
    return error;
  };
  const subscription = (company_id: string, package_key: string, more: Record<string, unknown>): Work => {
    return (trx) =>
      trx('core.company_subscriptions').insert({
        company_id,
        package_key,
        status: 'active',
        starts_at: '2020-01-10',
        ...more,
      });
  };

  describe('refuses', () => {
    for (const [what, code, work] of REFUSALS) {
      it(what, async () => {
        await refused(code, work);
      });
    }

    it('two base subscriptions that overlap, and keeps those that follow each other', async () => {
      const company = await newCompany(database());
      await subscribe(database(), company, 'basic_promoter', period(1, 10, 'expired'), ACTOR);
      await subscribe(database(), company, 'basic_venue', period(10, null), ACTOR);
      for (const more of [
        {},
        { ends_at: '2020-02-01' },
        { starts_at: '2020-01-09', ends_at: '2020-01-11' },
      ]) {
        await refused('company_subscriptions_one_base', subscription(company, 'basic_promoter', more));
      }
      // The past counts too, whatever its status says.
      await refused(
        'company_subscriptions_one_base',
        subscription(company, 'basic_venue', { starts_at: '2020-01-02', ends_at: '2020-01-03' }),
      );
      await subscribe(database(), await newCompany(database()), 'basic_promoter', period(1, null), ACTOR);
    });

    it('a base subscription stretched over the next one', async () => {
      const company = await newCompany(database());
      const first = await subscribe(database(), company, 'basic_promoter', period(1, 10), ACTOR);
      await subscribe(database(), company, 'basic_promoter', period(10, 20), ACTOR);
      await refused('company_subscriptions_one_base', (trx) =>
        trx('core.company_subscriptions').where({ id: first }).update({ ends_at: '2020-01-11' }),
      );
    });

    it('the same add-on twice in one time, and only then', async () => {
      const company = await newCompany(database());
      await addAddon(database(), company, 'ai', period(1, 10, 'cancelled'), ACTOR);
      await addAddon(database(), company, 'ai', period(10, null), ACTOR);
      await addAddon(database(), company, 'finance', period(1, null), ACTOR);
      const again = { company_id: company, addon_key: 'ai', status: 'active', starts_at: '2020-01-05' };
      await refused('company_addons_once', (trx) => trx('core.company_addons').insert(again));
    });

    it('periods that cannot be', async () => {
      const company = await newCompany(database());
      const cases: [string, Record<string, unknown>][] = [
        ['company_subscriptions_period', { ends_at: '2020-01-10' }],
        ['company_subscriptions_finite', { ends_at: 'infinity' }],
        ['company_subscriptions_status', { status: 'paused', ends_at: '2020-02-01' }],
        ['company_subscriptions_needs_end', { status: 'trial' }],
        ['company_subscriptions_needs_end', { status: 'cancelled' }],
        ['company_subscriptions_needs_end', { status: 'expired' }],
      ];
      for (const [code, more] of cases) await refused(code, subscription(company, 'basic_venue', more));
    });

    it('grants without membership, and of what is not in the catalog', async () => {
      const [user_id, company_id] = [await newUser(database()), await newCompany(database())];
      const grant = { user_id, company_id, module_key: 'ai' };
      await refused('module_grants_membership', (trx) => trx('auth.module_grants').insert(grant));
      const member = await newMember(database());
      const row = { user_id: member.userId, company_id: member.companyId };
      await refused('module_grants_module', (trx) =>
        trx('auth.module_grants').insert({ ...row, module_key: 'basic' }),
      );
      await refused('permission_grants_permission', (trx) =>
        trx('auth.permission_grants').insert({ ...row, permission_key: 'ai.prediction.steal' }),
      );
    });

    it('business units of nobody, and those a company does not have', async () => {
      const { companyId: company_id } = await newMember(database());
      const other = await newMember(database());
      const unit =
        (row: object): Work =>
        (trx) =>
          trx('core.business_units').insert(row);
      const limit =
        (row: object): Work =>
        (trx) =>
          trx('auth.membership_units').insert(row);
      await refused('business_units_company', unit({ company_id: randomUUID(), key: 'berlin' }));
      for (const key of ['', 'Berlin', 'a,b', '-a', 'a--b', '*', 'x'.repeat(65)])
        await refused('business_units_shape', unit({ company_id, key }));
      await write(database(), ACTOR, async (trx) => unit({ company_id, key: 'berlin' })(trx));
      await refused('business_units_pkey', unit({ company_id, key: 'berlin' }));
      const elsewhere = { user_id: other.userId, company_id: other.companyId };
      await refused('membership_units_unit', limit({ ...elsewhere, unit_key: 'berlin' }));
      await refused(
        'membership_units_membership',
        limit({ user_id: other.userId, company_id, unit_key: 'berlin' }),
      );
      await refused('never_truncated', (trx) => trx.raw('truncate core.business_units cascade'));
    });

    it('a grant without a moment it ends at', async () => {
      const { userId: user_id, companyId: company_id } = await newMember(database());
      const grant = { user_id, company_id, ends_at: 'infinity' };
      await refused('module_grants_finite', (trx) =>
        trx('auth.module_grants').insert({ ...grant, module_key: 'ai' }),
      );
      await refused('permission_grants_finite', (trx) =>
        trx('auth.permission_grants').insert({ ...grant, permission_key: 'finance.expense.view' }),
      );
    });

    it('a token version that goes back, and an e-mail address of somebody else in other case', async () => {
      const id = await newUser(database());
      await refused('users_token_version_only_rises', async (trx) => {
        await trx('auth.users').where({ id }).update({ token_version: 5 });
        await trx('auth.users').where({ id }).update({ token_version: 4 });
      });
      const other = await newUser(database());
      await refused('users_email_once', (trx) =>
        trx('auth.users')
          .where({ id: other })
          .update({ email: `${id}@USERS.example` }),
      );
    });

    it('nothing that swaps the base of a basic package at once', async () => {
      await write(database(), ACTOR, async (trx) => {
        await trx('core.package_modules').where({ package_key: 'basic_venue' }).delete();
        await wire('basic_venue', 'promoter')(trx);
      });
      await write(database(), ACTOR, (trx) =>
        trx('core.package_modules').where({ package_key: 'basic_venue' }).update({ module_key: 'venue' }),
      );
    });

    it('with a sentence of its own for every constraint', async () => {
      const { rows } = await database().raw<{ rows: { name: string }[] }>(
        `select conname as name from pg_constraint
           where connamespace in ('core'::regnamespace, 'auth'::regnamespace) and contype in ('c', 'f', 'u', 'x')
         union select indexrelid::regclass::text from pg_index
           where indisunique and not indisprimary and indrelid::regclass::text ~ '^(core|auth)[.]'`,
      );
      const names = rows
        .map(({ name }) => name.replace(/^.*[.]/, ''))
        .filter((name) => !NEVER_MET.includes(name));
      expect(names).to.include.members(['company_subscriptions_one_base', 'owned_entities_shared_name']);
      const without = names.filter((constraint) => {
        const error = refusal(Object.assign(new Error(), { code: '23514', constraint })) as RefusedByDatabase;
        return error.what.startsWith('The database refused');
      });
      expect(without).to.deep.equal([]);
    });
  });
}

/** The database's own bookkeeping, and keys that exist only to be referred to. */
const NEVER_MET = [
  'catalog_version_single',
  'version_changes_kind',
  'modules_key_and_type',
  'module_permissions_key_module_key_key',
  'owned_entities_key',
];
