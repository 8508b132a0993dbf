import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { projectFile } from '../../policies/root.ts';

export interface PageFile {
  type: string;
  content: string;
}

/** Every path of the page, and its file. */
const PAGE: Record<string, { name: string; type: string }> = {
  '/': { name: 'index.html', type: 'text/html' },
  '/page.css': { name: 'page.css', type: 'text/css' },
  '/page.js': { name: 'page.js', type: 'text/javascript' },
  '/words.js': { name: 'words.js', type: 'text/javascript' },
  '/icon.svg': { name: 'icon.svg', type: 'image/svg+xml' },
};
const CLIENT = /^\/client\/(access|document|events)\.js$/;

/** Read anew each time, so that an edit is seen at the next reload. Undefined where the page has no such file. */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const module = CLIENT.exec(path)?.[1];
  if (module) return { type: 'text/javascript', content: await clientScript(module) };
  if (!Object.hasOwn(PAGE, path)) return undefined;
  const { name, type } = PAGE[path]!;
  return { type, content: await readFile(projectFile('cli', 'example', 'page', name), 'utf8') };
}

/** The gateway's client as browsers take it: built already, or its types left out now. */
async function clientScript(name: string): Promise<string> {
  const extension = extname(import.meta.filename);
  const source = await readFile(
    join(import.meta.dirname, `../../gateway/client/${name}${extension}`),
    'utf8',
  );
  if (extension === '.js') return source;
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2022,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
