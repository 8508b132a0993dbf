import { mutant, type Mutant } from '../../../../cli/conformance/self-test/mutant.ts';
import { changed, imported, migrated, written } from '../../../../cli/conformance/self-test/mutants/edits.ts';

/** The reference with something that looks like a fault and is none; `expected` is the rule that it nearly breaks. */
export const NEAR_MISSES: Mutant[] = [
  changed(
    'a comment in the manifest',
    'M01',
    'module.yaml',
    'kind: Module',
    'kind: Module # of the standard structure',
  ),
  changed(
    'a purpose that names a to-do list',
    'M04',
    'module.yaml',
    'purpose: Keeps the notes',
    'purpose: Keeps the lists and notes',
  ),
  migrated('an index is no column', 'M05', 'create unique index note_once on note (company_id, text)'),
  migrated(
    'a constraint is no column',
    'M05',
    "alter table note add constraint text_said check (text <> '')",
  ),
  mutant(
    'a column made later',
    'M05',
    { file: 'migrations.ts', find: '        show_id uuid,\n', replace: '' },
    {
      file: 'migrations.ts',
      find: "      'create index note_newest",
      replace: "      'alter table note add column show_id uuid',\n      'create index note_newest",
    },
  ),
  mutant('a picture of the module in Markdown', 'M06', { file: 'NOTES.md', create: '# Notes\n' }),

  changed('other line ends', 'G01', 'manifest.ts', '\n', '\r\n'),
  written('a file of the module itself', 'G01', '// more of it'),
  changed(
    'a heading underlined as markers are',
    'G03',
    'note.ts',
    'export const notes',
    '// =======\nexport const notes',
  ),
  changed(
    'markers in the base of a merge',
    'G03',
    'note.ts',
    'export const notes',
    '// <<<<<<<yours\nexport const notes',
  ),

  written(
    'an emitter that listens',
    'R01',
    "export const heard = (emitter: Emitter) => emitter.listen('note');",
  ),
  written(
    'a handler of its own',
    'R03',
    'export const twice: Handler = { handle: (request) => notes.list.handle(request) };',
  ),
  written(
    'a company of a row that was read',
    'R04',
    "export const whose = (before: Row) => before['company_id'];",
  ),
  written(
    'the company of the request',
    'R04',
    'export const whose = (request: ModuleRequest) => request.company;',
  ),
  imported('what the kit offers', 'R05', "import { conflict, type Handler } from '../../kit/index.ts';"),
  written(
    'columns of its own table at once',
    'R06',
    "export const all = (tx: Tx) => tx('note').select('note.*');",
  ),

  mutant(
    'a role that is data',
    'A01',
    { file: 'module.yaml', find: '{ name: text, type: text }', replace: '{ name: role, type: text }' },
    { file: 'migrations.ts', find: 'text text check (char_length(text) <= 200)', replace: 'role text' },
    { file: 'note.ts', append: "export const is = (row: Row) => row.role === 'author';" },
  ),
  written('a comparison with a state', 'A02', "export const done = (row: Row) => row.status === 'final';"),
  imported('a hash', 'A03', "import { createHash } from 'node:crypto';"),
  written('a text that is split', 'A04', "export const words = (text: string) => text.split(' ');"),
  written('a word that names a table of Auth', 'A05', "export const label = 'auth.users';"),
  written(
    'a constant map that nobody changes',
    'A06',
    "const WORDS = new Map([['draft', 'Draft']]);\nexport const word = (it: string) => WORDS.get(it);",
  ),
  written(
    'a set that a request has for itself',
    'A06',
    'export const ids = (rows: Row[]) => {\n  const seen = new Set();\n  for (const row of rows) seen.add(row.id);\n  let n = 0;\n  n += 1;\n  return seen;\n};',
  ),
  written(
    'a local name like a constant of the file',
    'A06',
    'const KEYS = ["a"];\nexport const add = (KEYS: string[]) => KEYS.push("b");\nexport const first = () => KEYS[0];',
  ),
  written(
    'a catch that refuses',
    'A07',
    "export const exists = async (request: ModuleRequest) => {\n  try {\n    return await request.base.get('stage.show', '1');\n  } catch (error) {\n    throw new Error('no show', { cause: error });\n  }\n};",
  ),
  written(
    'a catch around something else',
    'A07',
    'export const read = (text: string) => {\n  try {\n    return JSON.parse(text);\n  } catch {\n    return undefined;\n  }\n};',
  ),

  imported('a file of its own', 'B01', "import { comments as said } from './comment.ts';"),
  imported("a package's types", 'B01', "import type { Knex } from 'knex';"),
  mutant('a helper of the tests', 'B01', {
    file: 'reference.test.ts',
    append: "import { until } from '../../../test/support/until.ts';",
  }),
  written('a word that is the key of another module', 'B02', "export const stage = 'stage';"),
  written('a literal import of its own', 'B03', "export const more = () => import('./comment.ts');"),
  written(
    'a class and its constructor',
    'B03',
    'export class Note { constructor(readonly text: string) {} }',
  ),
  written('a parameter called fetch', 'B04', 'export const load = (fetch: Load) => fetch();'),
  written('a member called fetch', 'B04', 'export const load = (shop: Shop) => shop.fetch();'),
  written('a parameter called process', 'B05', 'export const run = (process: Step) => process.env;'),
  written('its own address', 'B06', 'export const place = (id: string) => `/api/reference/notes/${id}`;'),
  imported('paths without files', 'B07', "import { posix } from 'node:path';"),

  written(
    'its own table under another name',
    'D01',
    "export const own = (tx: Tx) => tx('note as n').join('comment as c', 'c.note_id', 'n.id');",
  ),
  written(
    'an array of another name',
    'D01',
    "export const list = (names: string[]) => Array.from(names).join(', ');",
  ),
  written(
    'a table that with makes',
    'D01',
    "export const own = (tx: Tx) => tx.raw('with mine as (select * from note) select * from mine where id = ?', ['1']);",
  ),
  written(
    'a part of a date',
    'D01',
    "export const own = (tx: Tx) => tx('note').whereRaw('extract(year from created_at) = ?', [2027]);",
  ),
  migrated(
    'a key to its own table',
    'D02',
    'alter table comment add constraint again foreign key (note_id) references note (id)',
  ),
  migrated(
    'a row of its own',
    'D03',
    "insert into note (company_id, text) select company_id, 'said' from comment",
  ),
  written(
    'SQL of constants',
    'D04',
    "const SAID = 'text is not null';\nexport const said = (tx: Tx) => tx('note').whereRaw(`${SAID} and id = ?`, ['1']);",
  ),
  migrated(
    'a policy that hides more',
    'D05',
    "create policy drafts on note as restrictive using (status <> 'draft')",
  ),
  migrated('a word in a text', 'D05', "update note set text = 'grant' where text = 'set role'"),
  written(
    'a table by a constant',
    'D07',
    "const TABLE = 'note';\nexport const own = (tx: Tx) => tx(TABLE).select();",
  ),

  written('a property called console', 'L01', 'export const seen = (it: Seen) => it.console;'),
  written(
    'an id that is logged',
    'L02',
    'export const seen = (log: Logger, id: string) => log.info({ id });',
  ),
  changed(
    'a case inside a group',
    'T02',
    'reference.test.ts',
    "describe('Reference', () => {",
    "describe('Reference', () => {\n  it('is here', () => undefined);",
  ),
  written('a public key', 'S01', "export const header = '-----BEGIN PUBLIC KEY-----';"),
  written(
    'a word about tokens',
    'S02',
    "export const tokenHint = 'ask-the-owner-of-the-show';\nexport const apiKey = 'note_id';",
  ),
  mutant('another document', 'S03', { file: 'docs/package.md', create: '# Package\n' }),
];
