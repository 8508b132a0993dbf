/**
 * Whether the domain can be finite at all: rules may read nothing but what the closed schemas list, by name, and nothing
 * that is different tomorrow. Whatever is found here takes the word "proved" away.
 */
import { ruleFiles } from '../../engine/lock.ts';
import { projectFile } from '../../root.ts';
import { WorkbenchError } from '../run.ts';
import { findOpa } from '../opa.ts';
import { unvariedFields } from './domain-fields.ts';
import {
  callOf,
  isTerm,
  namesOf,
  parseRules,
  walk,
  type Node,
  type RuleFile,
  type Term,
} from './rego-ast.ts';
import { fieldsOf, isFlat, kindOf, openPlaces, readSchema, type Schema } from './schema.ts';

export interface OpenInput {
  /** From `policies/`. */
  file: string;
  /** From 1; 0 for a schema as a whole. */
  line: number;
  message: string;
}

/** What looks at a value from outside: all its names, all its text, all its rows. */
const LOOKING_AROUND = /^(walk|json\..*|object\.(keys|filter|remove|subset)|yaml\..*|graph\..*)$/;
const COUNTING = /^(count|sum|product|max|min|array\.(slice|reverse)|indexof)$/;
const DIFFERENT_TOMORROW =
  /^(time\.now_ns|rand\..*|uuid\.rfc4122|http\.send|net\..*|opa\.runtime|trace|print|rego\..*)$/;

/** Every place at which the rules below `policies` reach beyond the closed domain. Throws `WorkbenchError`. */
export async function findOpenInput(options: { policies?: string; opa?: string } = {}): Promise<OpenInput[]> {
  const { policies = projectFile('policies') } = options;
  const opa = options.opa ?? (await findOpa());
  const names = await ruleFiles(policies);
  if (names.length === 0) throw new WorkbenchError(`no rule file stands below ${policies}`);
  const files = await Promise.all(names.map((name) => parseRules(opa, policies, name)));
  const schemas = new Map<string, Schema>();
  const wanted = ['catalog', ...files.flatMap(({ schema }) => schema?.name ?? [])];
  for (const name of new Set(wanted)) schemas.set(name, await readSchema(policies, name));
  const known = knownWords(files, [...schemas.values()]);
  return [
    ...[...schemas].flatMap(([name, schema]) => openSchema(name, schema)),
    ...files.flatMap((file) => openIn(file, schemaFor(file, files), schemas, known)),
  ];
}

function openSchema(name: string, schema: Schema): OpenInput[] {
  const file = `schemas/${name}.json`;
  const open = openPlaces(schema, name).map((place) => `${place} may hold more than is listed`);
  const unvaried = name === 'catalog' ? [] : unvariedFields(name, schema);
  return [...open, ...unvaried].map((message) => ({ file, line: 0, message }));
}

function schemaFor({ package: name, schema }: RuleFile, files: RuleFile[]): string | null {
  if (schema) return schema.name;
  const above = files.find((it) => it.schema?.below && name.startsWith(`${it.package}.`));
  return above?.schema?.name ?? null;
}

/** Names that a rule may read off a local value: fields of the schemas, of objects the rules make, and rules. */
function knownWords(files: RuleFile[], schemas: Schema[]): Set<string> {
  const words = new Set(schemas.flatMap(fieldsOf));
  for (const { rules, package: name } of files) {
    for (const part of name.split('.')) words.add(part);
    walk(rules, (node) => {
      if (isTerm(node, 'object')) {
        for (const [key] of node.value as Term[][]) if (isTerm(key, 'string')) words.add(String(key.value));
      }
      if ('head' in node) for (const word of namesOf((node['head'] as { ref: Term[] }).ref)) words.add(word);
    });
  }
  return words;
}

function openIn(
  file: RuleFile,
  schemaName: string | null,
  schemas: Map<string, Schema>,
  known: Set<string>,
): OpenInput[] {
  const found: OpenInput[] = [];
  const tell = (line: number, message: string): void => void found.push({ file: file.file, line, message });
  const schema = schemaName === null ? null : schemas.get(schemaName)!;
  for (const { path, row } of file.imports) {
    if (path[0] === 'input') tell(row, `${path.join('.')} is imported: read each field where it is used`);
  }
  for (const rule of file.rules) {
    const look = (node: Node): boolean | void => {
      const call = callOf(node);
      if (call) {
        for (const message of openCall(call, known)) tell(rowOf(node, rule), message);
        // Its name is no value; what it is given is.
        walk([call.args, node['with']], look);
        return false;
      }
      if (isTerm(node, 'var') && (node.value === 'input' || node.value === 'data')) {
        tell(rowOf(node, rule), `${String(node.value)} as a whole`);
      }
      if (!isTerm(node, 'ref')) return;
      const path = node.value as Term[];
      for (const message of openPath(path, { schema, schemas, known, rule, file }))
        tell(rowOf(node, rule), message);
      // Nor is a path's head; what stands in its brackets is.
      walk(path.slice(1), look);
      return false;
    };
    walk(rule, look);
  }
  return found;
}

function rowOf(node: Node, rule: Node): number {
  const { row = 0 } = (node['location'] ?? rule['location'] ?? {}) as { row?: number };
  return row;
}

function openCall({ name, args }: { name: string; args: Term[] }, known: Set<string>): string[] {
  if (DIFFERENT_TOMORROW.test(name)) return [`${name} does not depend on the question alone`];
  if (LOOKING_AROUND.test(name)) return [`${name} sees fields nobody listed`];
  if (name === 'object.get') {
    const [from, key] = args;
    if (isInput(from)) return ['object.get on input: read the field by its name'];
    if (!isTerm(key, 'string') || !known.has(String(key.value)))
      return ['object.get of a field no schema lists'];
  }
  if (name === 'internal.member_3' && isInput(args[2]))
    return ['the number of a row is read: rows have no order'];
  if (COUNTING.test(name) && args.some(isInput))
    return [`${name} over rows of the input: their number has no bound`];
  return [];
}

function isInput(term: Term | undefined): boolean {
  return isTerm(term, 'ref') && (term.value as Term[])[0]?.value === 'input';
}

interface Reading {
  schema: Schema | null;
  schemas: Map<string, Schema>;
  known: Set<string>;
  rule: Node;
  file: RuleFile;
}

function openPath(path: Term[], reading: Reading): string[] {
  const [head, ...rest] = path;
  if (head?.value === 'input') return openInputPath(rest, reading);
  if (head?.value === 'data') return openDataPath(rest, reading);
  const unknown = rest.filter((term) => isTerm(term, 'string') && !reading.known.has(String(term.value)));
  if (unknown.length === 0) return [];
  return [`${textOf(path)} is no field of any schema`];
}

function openDataPath(rest: Term[], { schemas }: Reading): string[] {
  const [root, ...below] = rest;
  if (!isTerm(root, 'string')) return ['data as a whole, or by a name that is worked out'];
  if (root.value === 'kisum' || root.value === 'system') return [];
  if (root.value !== 'catalog') return [`data.${String(root.value)} is nothing the policy is given`];
  return descend(schemas.get('catalog')!, below, 'data.catalog', () => null).faults;
}

function openInputPath(rest: Term[], { schema, rule, file }: Reading): string[] {
  if (schema === null) return ['no schema says what the input of this package holds'];
  const { faults, at } = descend(schema, rest, 'input', (term) => constantsOf(term, rule, file));
  if (faults.length > 0 || !at) return faults;
  const whole = kindOf(at) === 'record' && !isFlat(at);
  return whole
    ? [`input${rest.map((term) => `.${String(term.value)}`).join('')} as a whole: read its fields by name`]
    : [];
}

/** Follows a path into a schema. */
function descend(
  schema: Schema,
  path: Term[],
  from: string,
  constants: (term: Term) => string[] | null,
): { faults: string[]; at?: Schema } {
  let at = schema;
  let told = from;
  for (const term of path) {
    const kind = kindOf(at);
    const names = isTerm(term, 'string') ? [String(term.value)] : constants(term);
    if (kind === 'record') {
      if (names === null) return { faults: [`${told}[…] by a name that is worked out`] };
      const missing = names.find((name) => !Object.hasOwn(at.properties!, name));
      if (missing !== undefined) return { faults: [`${told}.${missing} is not in the schema`] };
      at = at.properties![names[0]!]!;
    } else if (kind === 'list') {
      if (isTerm(term, 'number')) return { faults: [`${told}[${String(term.value)}]: rows have no order`] };
      at = at.items!;
    } else if (kind === 'table') {
      at = at.additionalProperties as Schema;
    } else {
      return { faults: [`${told} holds nothing more`] };
    }
    told = `${told}.${names?.join('|') ?? '…'}`;
  }
  return { faults: [], at };
}

/** The names a parameter can stand for, when every call in the file gives one; null when that cannot be said. */
function constantsOf(term: Term, rule: Node, { rules }: RuleFile): string[] | null {
  const { args = [], ref } = rule['head'] as { args?: Term[]; ref: Term[] };
  const position = args.findIndex((arg) => isTerm(term, 'var') && arg.value === term.value);
  if (position < 0) return null;
  const name = namesOf(ref).join('.');
  const given: (Term | undefined)[] = [];
  walk(rules, (node) => {
    const call = callOf(node);
    if (call?.name === name) given.push(call.args[position]);
  });
  if (!name.startsWith('_') || given.length === 0 || !given.every((it) => isTerm(it, 'string'))) return null;
  return given.map((it) => String(it?.value));
}

function textOf(path: Term[]): string {
  return path.map(({ type, value }) => (type === 'string' || type === 'var' ? String(value) : '…')).join('.');
}
