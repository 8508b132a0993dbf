import { expect } from 'chai';
import { parseManifest } from '../../../modules/manifest/read.ts';
import { SQL_WORDS, SYSTEM_COLUMNS } from '../../../modules/manifest/sql-names.ts';
import { embeddedDatabase } from '../../support/databases.ts';
import { DEMO_YAML } from '../support/demo.ts';

/** The demo manifest with its entity called so, or with a field called so. */
function withNames(entity: string, field: string): string {
  return DEMO_YAML.replace(
    '{ entity: thing, plural: things, actions: [view, create] }',
    `{ entity: ${entity}, plural: things, fields: [{ name: ${field}, type: text }] }`,
  );
}

describe('the names in a manifest that become SQL', () => {
  it('are none that PostgreSQL takes for a word, or for a column of its own', async () => {
    const { db, drop } = await embeddedDatabase();
    const words = await db.raw<{ rows: { name: string }[] }>(
      `select word as name from pg_get_keywords() where catcode in ('R', 'T')`,
    );
    const columns = await db.raw<{ rows: { name: string }[] }>(
      `select attname as name from pg_attribute where attrelid = 'pg_class'::regclass and attnum < 0`,
    );
    await drop();
    const missing = (rows: { name: string }[], known: ReadonlySet<string>) =>
      rows.map(({ name }) => name).filter((name) => !known.has(name));
    expect(words.rows).to.have.length.greaterThan(90);
    expect(missing(words.rows, SQL_WORDS)).to.deep.equal([]);
    expect(columns.rows).to.have.length.greaterThan(5);
    expect(missing(columns.rows, SYSTEM_COLUMNS)).to.deep.equal([]);
  }).timeout(60_000);

  const refused: [entity: string, field: string, fault: RegExp][] = [
    ['order', 'title', /module\.yaml:\d+:\d+ entity order is a word of SQL/],
    ['pg_class', 'title', /entity pg_class begins like a table of PostgreSQL/],
    ['migrations', 'title', /entity migrations is the table that knows/],
    ['thing', 'user', /thing\.user is a word of SQL/],
    ['thing', 'xmin', /thing\.xmin is a column of every table/],
  ];
  for (const [entity, field, fault] of refused) {
    it(`are not ${entity}.${field}`, () => {
      expect(() => parseManifest(withNames(entity, field), 'module.yaml')).to.throw(fault);
    });
  }

  it('are any others', () => {
    for (const [entity, field] of [
      ['ordering', 'user_name'],
      ['page', 'xmin_at'],
    ] as const)
      parseManifest(withNames(entity, field), 'module.yaml');
  });
});
