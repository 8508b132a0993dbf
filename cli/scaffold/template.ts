import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { projectFile } from '../../policies/root.ts';

/** What becomes of a file after it was made: rewritten, merged, or left alone for ever. */
export type FileClass = 'managed' | 'seeded' | 'once';

/** What a variable may hold, and so where it may stand: only an `identifier` stands in a file without a helper. */
export type Kind = 'identifier' | 'text' | 'sql' | 'strings' | 'flag' | 'document' | 'data';

/** Name → kind; a list in brackets is a list of such records. */
export interface Variables {
  [name: string]: Kind | [Variables];
}

export interface TemplateFile {
  /** Of the template, in its folder. */
  template: string;
  /** Of the rendered file, in the module; itself a template. */
  path: string;
  class: FileClass;
  /** A list among the variables: one file for each of its records. */
  each?: string;
}

/** The tree of a module, as it is before a manifest is known. */
export interface Template {
  name: string;
  version: string;
  files: TemplateFile[];
  variables: Variables;
  /** Template file → its text. */
  texts: Record<string, string>;
  /** sha256 of all of it. */
  integrity: string;
}

/** Reads a template folder: `template.json` and the files it names. */
export function loadTemplate(folder: string = projectFile('templates', 'module')): Template {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.hbs'))
    .map((name) => name.split(sep).join('/'))
    .sort();
  const texts = Object.fromEntries(names.map((name) => [name, readText(join(folder, name))]));
  const description = readText(join(folder, 'template.json'));
  const { name, version, files, variables } = JSON.parse(description) as Template;
  const integrity = createHash('sha256')
    .update(JSON.stringify([description, texts]))
    .digest('hex');
  return { name, version, files, variables, texts, integrity };
}

/** With plain line ends, however the checkout has them: same template, same bytes. */
function readText(file: string): string {
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}
