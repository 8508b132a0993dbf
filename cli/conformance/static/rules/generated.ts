import { BASE, LOCK, sha256, type ModuleLock } from '../../../scaffold/lock.ts';
import type { RenderedFile } from '../../../scaffold/render.ts';
import { rule, type StaticRule } from '../rule.ts';
import type { Located, ModuleSource } from '../source.ts';

const CONFLICT = /^(?:<{7}|\|{7}|>{7})(?: |$)/m;
const LEFTOVER = /\.(?:rej|orig)$|(?:^|\/)\.kisum-tmp/;

/** `undefined`: none there; `'unreadable'`: there, and no lock. */
function lockOf({ files }: ModuleSource): ModuleLock | 'unreadable' | undefined {
  const lock = parsed<ModuleLock>(files.get(LOCK));
  if (lock === undefined || lock === 'unreadable') return lock;
  return lock.schema === 'kisum.lock/v1' && lock.generator && lock.files ? lock : 'unreadable';
}

function parsed<T>(text: string | undefined): T | 'unreadable' | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return 'unreadable';
  }
}

/** With a lock that can be read. */
function ofLock(examine: (lock: ModuleLock, module: ModuleSource) => Located[]): StaticRule['examine'] {
  return (module) => {
    const lock = lockOf(module);
    return lock === undefined || lock === 'unreadable' ? [] : examine(lock, module);
  };
}

function isEdited({ files }: ModuleSource, path: string, hash: string): boolean {
  const text = files.get(path);
  return text === undefined || sha256(text) !== hash;
}

function baseFaults(lock: ModuleLock, { files }: ModuleSource): string[] {
  const base = parsed<RenderedFile[]>(files.get(BASE));
  if (base === undefined) return [`${BASE} is missing`];
  if (!Array.isArray(base)) return [`${BASE} cannot be read`];
  const known = new Map(base.map(({ path, content }) => [path, sha256(content)]));
  const paths = new Set([...known.keys(), ...Object.keys(lock.files)]);
  return [...paths]
    .filter((path) => known.get(path) !== lock.files[path]?.sha256)
    .map((path) => `${path} is another in ${BASE} than in ${LOCK}`);
}

/** Then another rule speaks of it. */
function isEditedSince(lock: ModuleLock, module: ModuleSource, path: string): boolean {
  const known = lock.files[path];
  return known !== undefined && isEdited(module, path, known.sha256);
}

/** A module that no template made owes no documents; those it has must be right. */
function isDocument({ files }: ModuleSource, path: string): boolean {
  return files.has(path) && !path.endsWith('.ts');
}

/** -1: older, 1: newer than the template at hand. */
function age(version: string, current: string): number {
  const [a, b] = [version, current].map((it) => it.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : Math.sign(a[at]! - b[at]!);
}

export const GENERATED: StaticRule[] = [
  rule(
    'G01',
    {
      title: 'A managed file is as it was made',
      why: 'It is made again by every upgrade: an edit is lost then, and until then it says what the manifest does not.',
      fix: 'Put the change into module.yaml or into a file of your own, and take the edit back',
    },
    ofLock((lock, module) =>
      Object.entries(lock.files)
        .filter(([path, { class: kind, sha256: hash }]) => kind === 'managed' && isEdited(module, path, hash))
        .filter(([path]) => !isCurrent(module, path))
        .map(([file]) => ({ file, message: `${file} was edited, or taken away` })),
    ),
  ),
  rule(
    'G02',
    {
      title: 'The lock and the base belong together',
      why: 'The next upgrade merges against them: a wrong base loses edits without a conflict.',
      fix: 'Take both files of .kisum/ from the last commit in which they were right; never edit them',
    },
    (module) => {
      const lock = lockOf(module);
      if (lock === 'unreadable') return [{ file: LOCK, message: `${LOCK} cannot be read` }];
      if (lock === undefined)
        return module.files.has(BASE) ? [{ file: BASE, message: `${BASE} without ${LOCK}` }] : [];
      return baseFaults(lock, module).map((message) => ({ file: LOCK, message }));
    },
  ),
  rule(
    'G03',
    {
      title: 'No conflict is left open',
      why: 'A file with conflict markers says two things, or nothing.',
      fix: 'Decide each conflict, take the markers and the left-over files away',
    },
    ({ files }) =>
      [...files].flatMap(([file, text]): Located[] => {
        if (LEFTOVER.test(file)) return [{ file, message: `${file} is left over` }];
        const at = file.startsWith('.kisum/') ? -1 : text.search(CONFLICT);
        return at < 0 ? [] : [{ file, at, message: 'a conflict is left open' }];
      }),
  ),
  rule(
    'G04',
    {
      title: 'What is made of the manifest is made of this manifest',
      why: 'MODULE.md and openapi.json are read by people and programs that never see the code.',
      fix: 'kisum-cli module upgrade <key> makes them again',
    },
    (module) => {
      const lock = lockOf(module);
      const made = lock === undefined || lock === 'unreadable' ? undefined : lock;
      // Made by an older template: what that one makes cannot be told any more.
      if (!module.template || (made && made.generator.version !== module.template.version)) return [];
      return module.template.rendered
        .filter(({ path, class: kind }) => kind === 'managed' && !isCurrent(module, path))
        .filter(({ path }) => (made ? !isEditedSince(made, module, path) : isDocument(module, path)))
        .map(({ path }) => ({ file: path, message: `${path} is not what module.yaml gives` }));
    },
  ),
  rule(
    'G05',
    {
      title: 'The template a module was made by is known here',
      why: 'A newer template than this program knows cannot be upgraded or compared.',
      fix: 'Use the kisum-cli that made it, or a later one',
    },
    ofLock(({ generator }, { template }) => {
      if (!template) return [];
      const known = generator.template === template.name && /^\d+\.\d+\.\d+$/.test(generator.version);
      if (known && age(generator.version, template.version) <= 0) return [];
      return [
        { file: LOCK, message: `template ${generator.template} ${generator.version} is not known here` },
      ];
    }),
  ),
  rule(
    'G06',
    {
      title: 'A module is kept at the current template',
      severity: 'warn',
      why: 'The longer an upgrade waits, the more it has to merge.',
      fix: 'kisum-cli module upgrade <key>, with --adopt where no template made it',
    },
    (module) => {
      const { template } = module;
      const lock = lockOf(module);
      if (!template || lock === 'unreadable') return [];
      if (lock === undefined)
        return [{ file: 'module.yaml', message: 'it has no lock: no upgrade reaches it' }];
      return age(lock.generator.version, template.version) < 0
        ? [
            {
              file: LOCK,
              message: `template ${lock.generator.version}; the current one is ${template.version}`,
            },
          ]
        : [];
    },
  ),
];

/** Whether a file is what the template makes of the manifest now. */
function isCurrent({ template, files }: ModuleSource, path: string): boolean {
  const expected = template?.rendered.find((file) => file.path === path);
  return expected !== undefined && files.get(path)?.replaceAll('\r\n', '\n') === expected.content;
}
