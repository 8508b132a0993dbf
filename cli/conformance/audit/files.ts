import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { NotExamined } from '../report.ts';

export type Language = 'typescript' | 'sql' | 'go' | 'prisma';

export interface Source {
  /** From the audited folder, with `/`. */
  file: string;
  language: Language;
  text: string;
}

const LANGUAGES: Record<string, Language> = {
  ...Object.fromEntries(
    ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'].map((name) => [name, 'typescript']),
  ),
  '.sql': 'sql',
  '.go': 'go',
  '.prisma': 'prisma',
};
const NOT_OURS = new Set(['node_modules', 'dist', 'build', 'coverage', '.git']);
const LARGEST = 1024 * 1024;

/** Everything that can be read, and by name what cannot: nothing falls away silently. */
export async function sourcesOf(folder: string): Promise<{ sources: Source[]; notExamined: NotExamined[] }> {
  const sources: Source[] = [];
  const notExamined: NotExamined[] = [];
  const others = new Map<string, number>();
  const root = await realpath(folder);

  const visit = async (path: string): Promise<void> => {
    const file = relative(root, path).split(sep).join('/') || '.';
    const skip = (why: string) => void notExamined.push({ what: file, why });
    try {
      const stats = await lstat(path);
      if (stats.isSymbolicLink()) return skip(await whereTo(root, path));
      if (stats.isDirectory()) {
        const names = (await readdir(path)).sort();
        if (path !== root && isNotOurs(basename(path), names)) return skip('not source');
        for (const name of names) await visit(join(path, name));
        return;
      }
      if (!stats.isFile()) return skip('not a regular file');
      const language = LANGUAGES[extname(path).toLowerCase()];
      if (!language) return void others.set(kindOf(path), (others.get(kindOf(path)) ?? 0) + 1);
      if (stats.size > LARGEST) return skip('over 1 MB');
      const bytes = await readFile(path);
      if (bytes.includes(0)) return skip('binary');
      sources.push({ file, language, text: bytes.toString('utf8') });
    } catch (error) {
      skip(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    }
  };

  await visit(root);
  for (const [kind, count] of [...others].sort())
    notExamined.push({ what: `${count} ${kind}`, why: 'neither TypeScript, JavaScript, SQL, Prisma nor Go' });
  return { sources, notExamined };
}

async function whereTo(root: string, link: string): Promise<string> {
  const target = relative(root, await realpath(link));
  return target.startsWith('..') ? 'a link out of the folder' : `a link to ${target.split(sep).join('/')}`;
}

/** Dependencies and what was built; Go's vendor folder is known by its list, for a module may be named vendor. */
function isNotOurs(name: string, files: string[]): boolean {
  return NOT_OURS.has(name) || (name === 'vendor' && files.includes('modules.txt'));
}

function kindOf(path: string): string {
  return extname(path) === '' ? 'without extension' : `*${extname(path)}`;
}
