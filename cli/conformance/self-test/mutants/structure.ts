import { BASE, LOCK } from '../../../scaffold/lock.ts';
import { mutant, type Mutant } from '../mutant.ts';
import { changed, imported, written } from './edits.ts';

const KEPT = "it('keeps notes', async () => {";

/** Manifest, generated files, routes and tests. */
export const STRUCTURE: Mutant[] = [
  changed(
    'declares a permission of another module',
    'M01',
    'module.yaml',
    'reference.note.view',
    'stage.show.view',
  ),
  changed('has no uid', 'M01', 'module.yaml', '  uid: 01M834NVW8REFERENCE000000A\n', ''),
  changed(
    'leaves out what it must not do',
    'M01',
    'module.yaml',
    '  mustNot:\n    - keep a copy of shows\n',
    '',
  ),
  mutant('has no manifest', 'M01', { file: 'module.yaml', remove: true }),
  changed('is a base module among the add-ons', 'M02', 'module.yaml', 'type: addon', 'type: base'),
  changed(
    'takes the uid of another module',
    'M03',
    'module.yaml',
    '01M834NVW8REFERENCE000000A',
    '01M834NVW8STAGE0000000000A',
  ),
  changed(
    'reads what nobody shares',
    'M03',
    'module.yaml',
    '    reads:\n',
    '    reads:\n      - { entity: stage.light, why: it is dark }\n',
  ),
  changed(
    'has a placeholder for a purpose',
    'M04',
    'module.yaml',
    'Keeps the notes that a company writes about its shows.',
    'TODO',
  ),
  changed('has no column for a field', 'M05', 'migrations.ts', '        show_id uuid,\n', ''),
  changed(
    'has a column that is no field',
    'M05',
    'migrations.ts',
    '        show_id uuid,',
    '        show_id uuid,\n        price numeric(14, 2),',
  ),
  changed(
    'makes no table for an entity',
    'M05',
    'migrations.ts',
    'create table comment',
    'create table if not exists remark',
  ),
  written('cannot be parsed', 'M06', 'export const = ;'),
  mutant('holds what no rule reads', 'M06', { file: 'fast.node', create: '\u0000' }),

  changed('edits a managed file', 'G01', 'manifest.ts', 'import.meta.dirname', '`${import.meta.dirname}`'),
  mutant('takes a managed file away', 'G01', { file: 'MODULE.md', remove: true }),
  changed(
    'edits the base of the next merge',
    'G02',
    BASE,
    "collection(manifest, 'note')",
    "collection(manifest, 'rote')",
  ),
  mutant('loses the lock', 'G02', { file: LOCK, remove: true }),
  written('leaves a conflict open', 'M06 G03', '<<<<<<< yours\nexport {};\n=======\n>>>>>>> template'),
  mutant('leaves a rejected patch', 'G03', { file: 'note.ts.rej', create: '-a\n+b\n' }),
  changed('keeps documents of an older manifest', 'G04', 'module.yaml', 'title: Reference', 'title: Notes'),
  changed('was made by a template of the future', 'G05', LOCK, '"version": "', '"version": "99'),
  changed('stays at an old template', 'G06', LOCK, '"version": "', '"version": "0.0.1", "was": "'),

  imported('makes a router of its own', 'R01', "import Router from '@koa/router';"),
  written('listens on a port of its own', 'R01', 'export const open = (app: App) => app.listen(8080);'),
  changed(
    'serves another manifest',
    'R02',
    'index.ts',
    'defineModule(manifest, {',
    'defineModule({ ...manifest, owns: [] }, {',
  ),
  changed(
    'changes the manifest it reads',
    'R02',
    'manifest.ts',
    'manifestAt(import.meta.dirname)',
    '{ ...manifestAt(import.meta.dirname), owns: [] }',
  ),
  changed('is no default export', 'R02', 'index.ts', 'export default', 'export const reference ='),
  changed('defines the service of another folder', 'R02', 'chat/index.ts', "'reference.chat'", "'reference'"),
  changed(
    'has a handler nobody declared',
    'R03',
    'index.ts',
    "    ...named('comment'",
    "    'note.export': notes.list,\n    ...named('comment'",
  ),
  changed(
    'leaves a declared route without a handler',
    'R03',
    'index.ts',
    "    ...named('comment', comments),\n",
    '',
  ),
  changed(
    'has handlers that only a run can tell',
    'R03',
    'index.ts',
    "    ...named('comment'",
    "    ...Object.fromEntries(more),\n    ...named('comment'",
  ),
  written(
    'takes the company from the body',
    'R04',
    'export const whose = (request: ModuleRequest) => request.body.company_id;',
  ),
  written(
    'takes the company from the query',
    'R04',
    "export const whose = ({ query }: ModuleRequest) => query['companyId'];",
  ),
  imported(
    'puts its own chain together',
    'R05',
    "import { requirePermission } from '../../kit/require-permission.ts';",
  ),
  imported('makes its own app', 'R05', "import { createModuleApp } from '../../kit/index.ts';"),
  written('asks for every permission at once', 'R06', "export const needed = 'reference.note.*';"),
  mutant('has no backend for a service', 'R07', { file: 'chat/index.ts', remove: true }),

  mutant('has no test', 'T01', { file: 'reference.test.ts', remove: true }),
  changed('runs one test only', 'T02', 'reference.test.ts', KEPT, KEPT.replace('it(', 'it.only(')),
  changed('skips a test', 'T02', 'reference.test.ts', KEPT, KEPT.replace('it(', 'xit(')),
];
