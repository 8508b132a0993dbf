/** Rule files as the compiler's own parser sees them. */
import { run, WorkbenchError } from '../run.ts';

export interface Term {
  type: string;
  value: unknown;
  location?: { row: number };
}

export interface RuleFile {
  /** From `policies/`. */
  file: string;
  package: string;
  /** Schema of its input by the file's own annotation, and whether that holds for the packages below. */
  schema: { name: string; below: boolean } | null;
  imports: { path: string[]; alias: string; row: number }[];
  rules: Node[];
}

export type Node = Record<string, unknown>;

interface Parsed {
  package: { path: Term[] };
  imports?: { path: Term; alias?: string; location: { row: number } }[];
  annotations?: { scope: string; schemas?: { path: Term[]; schema: Term[] }[] }[];
  rules?: Node[];
}

/** Throws `WorkbenchError` where the file does not parse. */
export async function parseRules(opa: string, policies: string, file: string): Promise<RuleFile> {
  const args = ['parse', '--format', 'json', '--json-include', 'locations,-comments', file];
  const { code, stdout, stderr } = await run(opa, args, { cwd: policies });
  if (code !== 0) throw new WorkbenchError(`${file} cannot be read:\n${stderr}${stdout.toString('utf8')}`);
  const parsed = JSON.parse(stdout.toString('utf8')) as Parsed;
  return {
    file,
    package: namesOf(parsed.package.path).slice(1).join('.'),
    schema: schemaOf(parsed),
    imports: (parsed.imports ?? []).map(({ path, alias, location }) => {
      const names = namesOf(path.value as Term[]);
      return { path: names, alias: alias ?? names.at(-1)!, row: location.row };
    }),
    rules: parsed.rules ?? [],
  };
}

function schemaOf({ annotations = [] }: Parsed): RuleFile['schema'] {
  for (const { scope, schemas = [] } of annotations) {
    const ofInput = schemas.find(({ path }) => namesOf(path).join('.') === 'input');
    if (ofInput) return { name: namesOf(ofInput.schema).at(-1)!, below: scope === 'subpackages' };
  }
  return null;
}

export function namesOf(path: Term[]): string[] {
  return path.map(({ value }) => String(value));
}

/** Every reference, call and variable, from the outside in. `seen` returns false where nothing inside is to be seen. */
export function walk(node: unknown, seen: (node: Node) => boolean | void): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, seen);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  if (seen(node as Node) === false) return;
  for (const [key, value] of Object.entries(node)) if (key !== 'location') walk(value, seen);
}

export function isTerm(node: unknown, type: string): node is Term {
  return typeof node === 'object' && node !== null && (node as Term).type === type;
}

/** A call's function by its dotted name, and what it is given; null for what is no call. */
export function callOf(node: Node): { name: string; args: Term[] } | null {
  const terms = isTerm(node, 'call') ? node.value : node['terms'];
  if (!Array.isArray(terms) || !isTerm(terms[0], 'ref')) return null;
  const [head, ...args] = terms as Term[];
  return { name: namesOf(head!.value as Term[]).join('.'), args };
}
