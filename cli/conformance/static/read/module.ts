import { wholeFaults } from '../../../../modules/manifest/discover.ts';
import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import { ManifestError, parseManifest } from '../../../../modules/manifest/read.ts';
import { renderModule } from '../../../scaffold/render.ts';
import { loadTemplate, type Template } from '../../../scaffold/template.ts';
import { loadParser, type Parser } from '../../parser.ts';
import type { Fact } from '../facts.ts';
import {
  isTestFile,
  type Located,
  type ModuleFolder,
  type ModuleSource,
  type SourceFile,
} from '../source.ts';
import { keyOf } from './folders.ts';
import { loadSqlParser, readStatement, type SqlParser } from './statement.ts';
import { readTypescript } from './typescript.ts';

const MANIFEST = 'module.yaml';
const CODE = /\.[cm]?[jt]sx?$/;
/** What the rules look at as text alone. */
const TEXT = /\.(?:ya?ml|json|md|txt)$/;

/** What is needed to read modules. */
export interface Readers {
  typescript: Parser;
  sql: SqlParser;
  template: Template;
}

export async function loadReaders(): Promise<Readers> {
  const [typescript, sql] = await Promise.all([loadParser(), loadSqlParser()]);
  return { typescript, sql, template: loadTemplate() };
}

/** Reads a module for the rules. @param others manifests of the project's other modules */
export function readModule(readers: Readers, folder: ModuleFolder, others: Manifest[]): ModuleSource {
  const { manifest, faults } = readManifestOf(folder);
  const read = [...folder.files].flatMap(([path, text]) => readSource(readers, path, text));
  return {
    ...folder,
    key: keyOf(folder.folder),
    ...(manifest ? { manifest } : {}),
    manifestFaults: faults,
    togetherFaults: manifest ? togetherFaults(manifest, others) : [],
    others,
    sources: read.filter((it) => 'facts' in it),
    unread: [
      ...read.filter((it) => 'message' in it),
      ...(folder.notFiles ?? []).map((file) => ({ file, message: `${file} is no plain file` })),
    ],
    ...(manifest && manifest.type !== 'system' ? { template: templateOf(readers, folder, manifest) } : {}),
  };
}

function togetherFaults(manifest: Manifest, others: Manifest[]): string[] {
  const without = wholeFaults(others);
  return wholeFaults([...others, manifest]).filter((fault) => !without.includes(fault));
}

/** The manifest, or every fault in it. */
export function readManifestOf({ files }: ModuleFolder): { manifest?: Manifest; faults: Located[] } {
  const text = files.get(MANIFEST);
  if (text === undefined) return { faults: [{ file: MANIFEST, message: 'module.yaml is missing' }] };
  try {
    return { manifest: parseManifest(text, MANIFEST), faults: [] };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { faults: error.faults.map((fault) => faultAt(text, fault)) };
  }
}

/** `module.yaml:3:5 …` */
function faultAt(text: string, fault: string): Located {
  const [, line = '1', col = '1', message = fault] = /^[^:]*:(\d+):(\d+) ([^]*)$/.exec(fault) ?? [];
  const before = text.split('\n').slice(0, Number(line) - 1);
  const at = before.reduce((sum, it) => sum + it.length + 1, 0) + Number(col) - 1;
  return { file: MANIFEST, at, message };
}

function templateOf({ template }: Readers, { files }: ModuleFolder, manifest: Manifest) {
  const { name, version } = template;
  return { name, version, rendered: renderModule(manifest, files.get(MANIFEST)!, template) };
}

function readSource({ typescript, sql }: Readers, path: string, text: string): (SourceFile | Located)[] {
  if (CODE.test(path)) {
    const read = readTypescript(typescript, path, text);
    if ('fault' in read) return [{ file: path, ...read.fault }];
    const statements = read.facts.flatMap((fact) => statementOf(sql, fact));
    return [{ path, isTest: isTestFile(path), facts: read.facts, statements }];
  }
  return TEXT.test(path) ? [] : [{ file: path, message: `${path} is of a kind that no rule reads` }];
}

function statementOf(parser: SqlParser, fact: Fact) {
  if (fact.kind !== 'sql' || fact.text === undefined) return [];
  return [readStatement(parser, { text: fact.text, use: fact.use, at: fact.at })];
}
