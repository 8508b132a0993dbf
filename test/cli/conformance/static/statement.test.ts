import { expect } from 'chai';
import {
  loadSqlParser,
  readStatement,
  type SqlParser,
} from '../../../../cli/conformance/static/read/statement.ts';

describe('a statement', () => {
  let parser: SqlParser;
  before(async () => (parser = await loadSqlParser()));

  const named = (text: string) =>
    readStatement(parser, { text, use: 'query', at: 0 })
      .tables.map(({ schema, name, how }) => `${how} ${[schema, name].filter(Boolean).join('.')}`)
      .filter((it, index, all) => all.indexOf(it) === index)
      .sort();

  const isParsed = (text: string) => {
    try {
      return parser.parse(text).length > 0;
    } catch {
      return false;
    }
  };

  // The parser knows the first ones and not the others: both ways have to find the same.
  const tables: [string, string[], isParsed: boolean][] = [
    [
      'select * from a join core.b on true where x in (select y from c)',
      ['use a', 'use c', 'use core.b'],
      true,
    ],
    ['with m as (select * from a) select * from m', ['use a'], true],
    [
      'create table a (id uuid references b (id), foreign key (id) references core.c (id))',
      ['create a', 'reference b', 'reference core.c'],
      true,
    ],
    [
      'alter table a add constraint f foreign key (x) references auth.users (id)',
      ['reference auth.users', 'use a'],
      true,
    ],
    ['alter table a rename to b', ['create b', 'use a'], true],
    ['create index i on core.a (x)', ['use core.a'], true],
    ['drop table a, core.b', ['use a', 'use core.b'], true],
    ['truncate table a', ['use a'], true],
    ['insert into a (x) select x from b on conflict do nothing', ['use a', 'use b'], true],
    ['update a set x = 1 from b; delete from c', ['use a', 'use b', 'use c'], true],
    ['lock table a in exclusive mode', ['use a'], false],
    [
      'create table a (x int references core.b (id), exclude using gist (x with =))',
      ['create a', 'reference core.b'],
      false,
    ],
    ['create unique index i on core.a (x) nulls not distinct', ['use core.a'], false],
    [
      'with m as (select * from a) select extract(year from date) from m, core.b as c where x is distinct from 1',
      ['use a', 'use core.b'],
      false,
    ],
    ['select 1 from a where x is distinct from y and extract(day from date) = 1', ['use a'], false],
    ['select 1 from a join generate_series(1, 2) g on g is distinct from 1', ['use a'], false],
    ['alter table only a disable row level security', ['use a'], false],
    [
      'select x is distinct from 1 from "a" join "core"."b" using (id) for no key update',
      ['use a', 'use core.b'],
      false,
    ],
  ];
  for (const [text, expected, known] of tables) {
    it(`names its tables: ${text}`, () => {
      expect(isParsed(text), 'known to the parser').to.equal(known);
      expect(named(text)).to.deep.equal(expected);
    });
  }

  it('keeps no table that a comment or a text names', () => {
    expect(named("select 'from core.b' from a -- join core.c\n where x = 1 /* from core.d */")).to.deep.equal(
      ['use a'],
    );
  });

  it('has a name that nobody knows where a binding stands for one', () => {
    expect(named('select * from ?? where id = ?')).to.deep.equal(['use ?']);
  });

  const columns: [string, string[]][] = [
    [
      'create table a (id uuid primary key, n numeric(14, 2) not null, constraint c check (n > 0), unique (id, n))',
      ['create table', 'add id', 'add n'],
    ],
    [
      'create table if not exists x.a ("id" uuid, exclude using gist (id with =)) ',
      ['create table', 'add id'],
    ],
    ['alter table a add column b text, add c int, drop column d', ['add b', 'add c', 'remove d']],
    ['alter table a add constraint b unique (c), drop constraint d', []],
    ['alter table a rename column b to c', ['rename b']],
    ['drop table if exists a cascade', ['drop table']],
    ['create index i on a (b, c)', []],
    ["insert into a values ('create table b (c int)')", []],
  ];
  for (const [text, expected] of columns) {
    it(`says what becomes of columns: ${text}`, () => {
      const found = readStatement(parser, { text, use: 'up', at: 0 }).columns;
      expect(
        found.map((it) => ['column' in it ? `${it.change} ${it.column}` : it.change]).flat(),
      ).to.deep.equal(expected);
      expect(found.every(({ table }) => table === 'a')).to.equal(true);
    });
  }
});
