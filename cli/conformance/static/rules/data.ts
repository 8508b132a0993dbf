import { anyOf, codeOf, inCode, rule, type StaticRule } from '../rule.ts';
import type { ModuleSource } from '../source.ts';
import { statementsFor, tablesAfter, tablesNamed, type NamedTable } from './tables.ts';

const RIGHTS: [what: string, words: RegExp][] = [
  ['gives or takes rights', /\b(?:grant|revoke)\b/],
  ['runs with the rights of its owner', /\bsecurity\s+definer\b/],
  [
    'changes the role or the schema it runs in',
    /\bset\s+(?:local\s+|session\s+)?(?:role|session|search_path)\b/,
  ],
  ['changes what the database is told of the request', /\bset_config\b/],
  ['changes row security', /\brow\s+(?:level\s+)?security\b/],
  // A restrictive one only ever hides more.
  [
    'lets rows be seen that the kit hides',
    /\b(?:alter|drop)\s+policy\b|\bcreate\s+policy\b(?![^]*\bas\s+restrictive\b)/,
  ],
  ['changes an owner', /\bowner\s+to\b/],
  [
    'makes or changes what is not its own data',
    /\b(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:role|user|group|schema|extension|database|function|procedure|trigger|rule|view|materialized|server|publication)\b/,
  ],
  ['runs what no rule can read', /(?:^|;)\s*(?:do|execute|call|copy)\b/],
  ['reads the catalog of the database', /\b(?:pg_(?!advisory_)\w+|information_schema)\b/],
];

function isOwn({ manifest }: ModuleSource, { schema, name }: NamedTable): boolean {
  if (schema !== undefined && schema !== manifest?.key) return false;
  return (manifest?.owns ?? []).some(({ entity }) => entity === name);
}

/** Of Core and Auth another rule speaks. */
function foreignTables(module: ModuleSource): NamedTable[] {
  if (!module.manifest) return [];
  return tablesNamed(module).filter(
    (table) => !isOwn(module, table) && !['auth', 'core'].includes(table.schema ?? ''),
  );
}

export const DATA: StaticRule[] = [
  rule(
    'D01',
    {
      title: 'A module touches the tables of its own entities alone',
      why: "Another module's table is its own business: it may change any day, and its rows know no request.",
      fix: 'Own the entity in spec.data.owns, or declare it in spec.data.reads and ask by request.base',
    },
    (module) =>
      foreignTables(module)
        .filter(({ how }) => how !== 'reference')
        .map(({ file, at, schema, name, how }) => {
          const verb = how === 'create' ? 'makes' : 'touches';
          const table = schema === undefined ? name : `${schema}.${name}`;
          return { file, at, message: `${verb} table ${table}, which ${module.key} does not own` };
        }),
  ),
  rule(
    'D02',
    {
      title: "A foreign key stays within the module's own tables",
      why: 'It ties the migrations of two modules together, and tells whether a row of another company exists.',
      fix: 'Keep the id as a plain uuid; the kit asks the owner whether it exists (type reference in module.yaml)',
    },
    (module) =>
      foreignTables(module)
        .filter(({ how }) => how === 'reference')
        .map(({ file, at, name }) => ({
          file,
          at,
          message: `a foreign key points to ${name}, which is not its own`,
        })),
  ),
  rule(
    'D03',
    {
      title: 'Every row belongs to its companies',
      why: 'Row security sees a row by these columns; without them it is shown to all or to none.',
      fix: "Give the table its companies' columns: company_id uuid not null",
    },
    (module) =>
      [...tablesAfter(module)].flatMap(([name, { file, at, columns }]) => {
        const { companies = ['company_id'] } =
          module.manifest?.owns.find(({ entity }) => entity === name) ?? {};
        return companies
          .filter((column) => !/^uuid\b[^]*\bnot\s+null\b/.test(columns.get(column) ?? ''))
          .map((column) => ({ file, at, message: `table ${name} has no "${column} uuid not null"` }));
      }),
  ),
  rule(
    'D04',
    {
      title: 'SQL is a literal',
      why: 'What is put together at run time can be examined by nobody, and may hold what a client sent.',
      fix: 'Write the statement out; values go in as bindings (?), not into the text',
    },
    inCode('sql', ({ text }) => (text === undefined ? 'SQL that only a run can tell' : undefined)),
  ),
  rule(
    'D05',
    {
      title: 'SQL leaves rights, roles and row security alone',
      why: 'The kit sets them for every module alike: they are what keeps companies apart.',
      fix: "Leave the statement out; a migration makes and changes the module's own tables and indexes",
    },
    anyOf(
      (module) =>
        codeOf(module).flatMap(({ path: file, statements }) =>
          statements.flatMap(({ at, words }) =>
            RIGHTS.filter(([, pattern]) => pattern.test(words)).map(([what]) => ({
              file,
              at,
              message: `SQL ${what}`,
            })),
          ),
        ),
      inCode('member', ({ path }) =>
        /^(?:tx|trx|knex|db)$/.test(path[0] ?? '') && path[1] === 'client'
          ? "reaches the connection under the request's transaction"
          : undefined,
      ),
    ),
  ),
  rule(
    'D06',
    {
      title: 'Every migration can be taken back',
      severity: 'warn',
      why: 'A release that fails is taken back with its schema, or not at all.',
      fix: 'Write down: what up makes, in the opposite order',
    },
    (module) => {
      const dropped = statementsFor(module, 'down').flatMap(({ columns }) =>
        columns.flatMap((it) => (it.change === 'drop table' ? [it.table] : [])),
      );
      return [...tablesAfter(module)]
        .filter(([name]) => !dropped.includes(name))
        .map(([name, { file, at }]) => ({ file, at, message: `no down drops table ${name}` }));
    },
  ),
  rule(
    'D07',
    {
      title: "A table's name is a literal",
      severity: 'warn',
      why: "Which table is touched, only a run can tell: nothing but the module's database role keeps it to its own.",
      fix: "Name the table where it is asked: tx('expense')",
    },
    inCode('table', ({ name }) => (name === undefined ? 'a table that only a run can tell' : undefined)),
  ),
];
