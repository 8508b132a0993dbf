import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lockFiles } from '../../../cli/scaffold/lock.ts';
import { renderModule } from '../../../cli/scaffold/render.ts';
import { loadTemplate, type Template } from '../../../cli/scaffold/template.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { parseManifest } from '../../../modules/manifest/read.ts';

/** A module as `new module` leaves it, in a folder of its own. */
export interface Made {
  manifest: Manifest;
  folder: string;
  read: (path: string) => Promise<string>;
  edit: (path: string, change: (text: string) => string) => Promise<void>;
}

export const BEFORE = loadTemplate();

/** The template, one version later: every class of file changes, one file comes and one goes. */
export const AFTER: Template = {
  ...BEFORE,
  version: '1.1.0',
  integrity: 'of another template',
  files: [
    ...BEFORE.files.filter(({ path }) => path !== 'openapi.json'),
    { template: 'notes.hbs', path: 'NOTES.md', class: 'seeded' },
  ],
  texts: {
    ...BEFORE.texts,
    'notes.hbs': '# Notes\n',
    'entity.ts.hbs': `// Never seen: made once.\n${BEFORE.texts['entity.ts.hbs']}`,
    'index.ts.hbs': `${BEFORE.texts['index.ts.hbs']}\n// One line more, from the template.\n`,
    'MODULE.md.hbs': `${BEFORE.texts['MODULE.md.hbs']}\n## 9. New in the template\n`,
  },
};

/** Makes a module with this many entities. */
export async function make(key: string, entities: number): Promise<Made> {
  const text = manifestText(key, entities);
  const manifest = parseManifest(text, 'module.yaml');
  const folder = await mkdtemp(join(tmpdir(), 'kisum-upgrade-'));
  const rendered = renderModule(manifest, text, BEFORE);
  for (const { path, content } of [...rendered, ...lockFiles(rendered, BEFORE)]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const read = (path: string) => readFile(join(folder, path), 'utf8');
  const edit = async (path: string, change: (text: string) => string) =>
    writeFile(join(folder, path), change(await read(path)));
  return { manifest, folder, read, edit };
}

function manifestText(key: string, entities: number): string {
  const owns = Array.from({ length: entities }, (_, index) => [
    `      - entity: thing_${index}`,
    `        plural: things_${index}`,
    `        fields: [{ name: name, type: text }]`,
  ]).flat();
  return [
    'apiVersion: kisum.dev/v1',
    'kind: Module',
    `metadata: { uid: 01M834NVW89JS3E4BG1WYYDQE6, key: ${key}, title: ${key}, owner: team, purpose: To be upgraded. }`,
    'spec:',
    '  type: addon',
    '  data:',
    '    owns:',
    ...owns,
    '  mustNot: [be lost]',
    '',
  ].join('\n');
}
