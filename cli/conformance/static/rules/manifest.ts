import type { Manifest, OwnedEntity } from '../../../../modules/manifest/manifest.ts';
import { codeOf, rule, type StaticRule } from '../rule.ts';
import type { Located, ModuleSource } from '../source.ts';
import { tablesAfter } from './tables.ts';

const FILE = 'module.yaml';
const PLACEHOLDER =
  /\b(?:todo|tbd|fixme|xxx|lorem ipsum|placeholder|changeme|your (?:module|team|company))\b|^\W*$|\.\.\.$/i;
const ROOMS: Record<string, Manifest['type']> = {
  'modules/base': 'base',
  'modules/addons': 'addon',
  systems: 'system',
};
/** What every row has beside its fields and its companies. */
const COMMON = ['id', 'created_at', 'updated_at'];

/** A fault, placed at the first line of the manifest that holds `word`. */
function inManifest({ files }: ModuleSource, word: string, message: string): Located {
  return { file: FILE, at: Math.max(0, files.get(FILE)?.search(new RegExp(`\\b${word}\\b`)) ?? 0), message };
}

/** Only with a manifest. */
function ofManifest(examine: (manifest: Manifest, module: ModuleSource) => Located[]): StaticRule['examine'] {
  return (module) => (module.manifest ? examine(module.manifest, module) : []);
}

function columnFaults({ entity, fields, companies }: OwnedEntity, module: ModuleSource): Located[] {
  const table = tablesAfter(module).get(entity);
  if (!table) return [inManifest(module, entity, `${entity} has no table: no migration makes it`)];
  const { file, at, columns } = table;
  const declared = [...COMMON, ...companies, ...fields.map(({ name }) => name)];
  return [
    ...declared
      .filter((name) => !columns.has(name))
      .map((name) => ({ file, at, message: `table ${entity} has no column ${name}, which is declared` })),
    ...[...columns.keys()]
      .filter((name) => !declared.includes(name))
      .map((name) => ({ file, at, message: `column ${entity}.${name} is no declared field` })),
  ];
}

export const MANIFEST: StaticRule[] = [
  rule(
    'M01',
    {
      title: 'module.yaml is there, follows the schema and fits together',
      why: 'Routes, permissions, tables and documents are made of it; a wrong one gives wrong ones.',
      fix: 'Change module.yaml as the message says; modules/manifest/module.schema.json describes it',
    },
    ({ manifestFaults }) => manifestFaults,
  ),
  rule(
    'M02',
    {
      title: 'A module stands in the folder of its key and its type',
      why: 'What is started, migrated and sold is found by folder; a module in another place is found as another.',
      fix: 'modules/base/<key> for a base module, modules/addons/<key> for an add-on, systems/<key> for a system',
    },
    ofManifest(({ key, type }, module) => [
      ...(key === module.key ? [] : [inManifest(module, 'key', `key ${key} stands in folder ${module.key}`)]),
      ...(type === ROOMS[module.folder.slice(0, module.folder.lastIndexOf('/'))]
        ? []
        : [inManifest(module, 'type', `type ${type} stands in ${module.folder}`)]),
    ]),
  ),
  rule(
    'M03',
    {
      title: 'The modules together make one whole',
      why: 'What two modules own, or one reads and nobody shares, is found out when a customer uses it.',
      fix: 'Give each key, uid and shared entity one owner; read only what its owner marks as shared',
    },
    (module) => module.togetherFaults.map((fault) => inManifest(module, 'key', fault)),
  ),
  rule(
    'M04',
    {
      title: 'Purpose, owner and what a module must not do are said in earnest',
      why: 'A module nobody can describe ends up owning what belongs to others.',
      fix: 'Say in a sentence what the module is for, who answers for it, and what it must leave to others',
    },
    ofManifest(({ title, owner, purpose, mustNot }, module) => {
      const isEmpty = (text: string) => PLACEHOLDER.test(text.trim());
      const says = purpose.trim().split(/\s+/).length;
      return [
        ...(isEmpty(purpose) || says < 4 || purpose.trim() === title
          ? [inManifest(module, 'purpose', 'the purpose says nothing')]
          : []),
        ...(isEmpty(owner) ? [inManifest(module, 'owner', `owner "${owner}" is nobody`)] : []),
        ...mustNot.filter(isEmpty).map((text) => inManifest(module, 'mustNot', `"${text}" forbids nothing`)),
      ];
    }),
  ),
  rule(
    'M05',
    {
      title: 'Declared fields and columns are the same',
      why: 'A field without a column is refused by the database; a column without a field is data nobody knows of.',
      fix: 'Add a migration for what is declared, or declare the field in module.yaml',
    },
    // Without code there is no backend yet, and no table.
    ofManifest((manifest, module) =>
      codeOf(module).length === 0 ? [] : manifest.owns.flatMap((owned) => columnFaults(owned, module)),
    ),
  ),
  rule(
    'M06',
    {
      title: 'Every file of a module can be examined',
      why: 'What no rule can read may hold anything; it is never counted as passed.',
      fix: 'Mend the syntax; keep TypeScript, YAML, JSON and Markdown in a module, as plain files',
    },
    ({ unread }) => unread,
  ),
];
