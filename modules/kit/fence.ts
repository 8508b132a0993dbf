import type { Knex } from 'knex';
import type { Manifest, OwnedEntity } from '../manifest/manifest.ts';
import { ALL_UNITS, roleOf } from './store.ts';

/** The module's role, what it may touch, and for every table the companies and business units its rows are seen by. */
export async function fence(tx: Knex.Transaction, { key, owns }: Manifest): Promise<void> {
  const role = roleOf(key);
  const names = { role, schema: key };
  // Roles belong to the whole server: another database's migration may create the same one at this moment.
  await tx.raw(
    `do $$ begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end $$`,
  );
  await mustBeOurs(tx, role);
  await tx.raw('grant :role: to current_user', names);
  await tx.raw('revoke all on schema :schema: from public', names);
  await tx.raw('grant usage on schema :schema: to :role:', names);
  // Table by table: a view would read them as its owner, whom row security does not bind.
  await tx.raw('revoke all on all tables in schema :schema: from :role:', names);
  const tables = (await tx('pg_tables')
    .where({ schemaname: key })
    .whereNot({ tablename: 'migrations' })
    .pluck('tablename')) as string[];
  for (const table of tables) {
    const owned = owns.find(({ entity }) => entity === table);
    // A table that is no entity of the manifest belongs to one company as well.
    const companies = owned?.companies ?? ['company_id'];
    await bindRows(tx, table, { companies, audience: owned?.audience ?? 'company' });
    await bindUnits(tx, table, owned?.scope ?? 'company');
    await tx.raw('grant select, insert, delete on ?? to ??', [table, role]);
    await keepCompanies(tx, table, { companies, ...names });
  }
}

/** What is called like the module's role and may do more was made by somebody for something else. Throws. */
async function mustBeOurs(tx: Knex.Transaction, role: string): Promise<void> {
  const more: unknown = await tx('pg_roles')
    .where({ rolname: role })
    .whereRaw('(rolsuper or rolbypassrls or rolcanlogin)')
    .first('rolname');
  if (more)
    throw new Error(
      `role ${role} is more than a module's: it logs in, or row security does not bind it; rename that role or the module`,
    );
}

/** A column that a policy names cannot be dropped. Row security stays on, so that meanwhile nobody sees a row. */
export async function dropPolicies(tx: Knex.Transaction, schema: string): Promise<void> {
  const policies = await tx<{ schemaname: string }>('pg_policies')
    .where({ schemaname: schema })
    .select<{ table: string; policy: string }[]>('tablename as table', 'policyname as policy');
  for (const { table, policy } of policies) await tx.raw('drop policy ?? on ??', [policy, table]);
}

/** Rows are seen and changed by their companies, and made by the first of them, for another as the second. */
async function bindRows(
  tx: Knex.Transaction,
  table: string,
  { companies, audience }: Pick<OwnedEntity, 'companies' | 'audience'>,
): Promise<void> {
  const current = `current_setting('kisum.company')::uuid`;
  const theirs = companies.map(() => `?? = ${current}`).join(' or ');
  const made = companies.map((_, index) => `?? ${index === 0 ? '=' : '<>'} ${current}`).join(' and ');
  for (const policy of ['own_company', 'made_by_first', 'published']) {
    await tx.raw('drop policy if exists ?? on ??', [policy, table]);
  }
  await tx.raw('alter table ?? enable row level security', [table]);
  await tx.raw(`create policy own_company on ?? using (${theirs})`, [table, ...companies]);
  await tx.raw(`create policy made_by_first on ?? as restrictive for insert with check (${made})`, [
    table,
    ...companies,
  ]);
  if (audience === 'everyone') await tx.raw('create policy published on ?? for select using (true)', [table]);
}

/** Rows of a business unit are seen and changed by who is not limited to others, and never moved out of reach. */
async function bindUnits(tx: Knex.Transaction, table: string, scope: OwnedEntity['scope']): Promise<void> {
  await tx.raw('drop policy if exists own_units on ??', [table]);
  if (scope !== 'unit') return;
  const current = `current_setting('kisum.units')`;
  const within = `${current} = '${ALL_UNITS}' or unit = any (string_to_array(${current}, ','))`;
  await tx.raw(`create policy own_units on ?? as restrictive using (${within})`, [table]);
}

/** A row never changes hands: neither whose it is nor its id can be written again. */
async function keepCompanies(
  tx: Knex.Transaction,
  table: string,
  { role, schema, companies }: { role: string; schema: string; companies: string[] },
): Promise<void> {
  const columns = (await tx('information_schema.columns')
    .where({ table_schema: schema, table_name: table })
    .whereNotIn('column_name', ['id', ...companies])
    .pluck('column_name')) as string[];
  if (columns.length === 0) return;
  const list = columns.map(() => '??').join(', ');
  await tx.raw(`grant update (${list}) on ?? to ??`, [...columns, table, role]);
}
