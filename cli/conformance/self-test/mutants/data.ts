import type { Mutant } from '../mutant.ts';
import { changed, migrated, written } from './edits.ts';

/** Tables, keys and rights. */
export const DATA: Mutant[] = [
  written('queries the table of a sibling', 'D01', "export const shows = (tx: Tx) => tx('show').select();"),
  written(
    'joins the table of a sibling',
    'D01',
    "export const shows = (tx: Tx) => tx('note').join('stage.show as s', 's.id', 'show_id');",
  ),
  written(
    'queries the table of a sibling in SQL',
    'D01',
    "export const shows = (tx: Tx) => tx.raw('with mine as (select * from note) select * from mine, stage.show where id = ?', []);",
  ),
  written(
    'queries through the change',
    'D01',
    "export const shows = (change: Change) => change.tx('show').select();",
  ),
  written(
    'queries under another name',
    'D01',
    "export const shows = (q: Knex.Transaction) => q('show').select();",
  ),
  migrated(
    'hides a statement behind another',
    'D01 D03',
    'select 1; create table audience (id uuid primary key)',
  ),
  migrated(
    'makes a table it does not own',
    'D01',
    'create table audience (id uuid primary key, company_id uuid not null)',
  ),
  migrated('changes the table of a sibling', 'D01', 'alter table stage.show add column note_id uuid'),
  changed(
    'ties a key to a sibling',
    'D02',
    'migrations.ts',
    'show_id uuid,',
    'show_id uuid references stage.show (id),',
  ),
  migrated(
    'ties a key to a sibling later',
    'D02',
    'alter table note add constraint s foreign key (show_id) references stage.show (id)',
  ),
  changed('has no company', 'D03', 'migrations.ts', 'company_id uuid not null,', ''),
  changed(
    'lets the company be null',
    'D03',
    'migrations.ts',
    'company_id uuid not null,',
    'company_id uuid,',
  ),
  written(
    'puts a value into SQL',
    'D04',
    'export const find = (tx: Tx, text: string) => tx.raw(`select * from note where text = ${text}`);',
  ),
  changed('computes a migration', 'D04', 'migrations.ts', 'up: [', 'up: [\n      statement(),'),
  migrated(
    'makes a function of its owner',
    'D05',
    'create function all_notes() returns setof note security definer language sql as $$ select * from note $$',
  ),
  migrated('grants itself rights', 'D05', 'grant select on note to public'),
  migrated('turns row security off', 'D05', 'alter table note disable row level security'),
  migrated('changes a role', 'D05', 'alter role kisum_reference bypassrls'),
  migrated('lets every row be seen', 'D05', 'create policy all_of_them on note using (true)'),
  written('leaves its role', 'D05', "export const free = (tx: Tx) => tx.raw('set local role postgres');"),
  written(
    'says it is another company',
    'D05',
    "export const other = (tx: Tx) => tx.raw(`select set_config('kisum.company', ?, true)`, ['']);",
  ),
  written(
    'reaches under the transaction',
    'D05',
    'export const under = (tx: Tx) => tx.client.acquireConnection();',
  ),
  changed(
    'cannot be taken back',
    'D06',
    'migrations.ts',
    "down: ['drop table comment', 'drop table note']",
    'down: []',
  ),
  written(
    'names a table by a variable',
    'D07',
    'export const any = (tx: Tx, table: string) => tx(table).select();',
  ),
];
