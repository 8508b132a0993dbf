/** A table that a statement speaks of. */
export interface TableUse {
  schema?: string;
  name: string;
  how: 'create' | 'reference' | 'use';
}

type Node = Record<string, unknown>;

interface Name {
  schema?: string;
  name: string;
}

/** By the parser's tree, wherever in it a table is named; what `with` names is none. */
export function tablesOfTree(tree: unknown): TableUse[] {
  const found: TableUse[] = [];
  const local = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const it = node as Node;
    if (it['type'] === 'with') for (const { alias } of it['bind'] as { alias: Name }[]) local.add(alias.name);
    found.push(...namedBy(it));
    Object.values(it).forEach(visit);
  };
  visit(tree);
  return found.filter(({ schema, name }) => schema !== undefined || !local.has(name));
}

function namedBy(node: Node): TableUse[] {
  const { type } = node;
  const named = (value: unknown, how: TableUse['how']): TableUse[] =>
    isName(value) ? [use(value, how)] : [];
  if (type === 'ref') return [];
  if (type === 'create table') return named(node['name'], 'create');
  if (type === 'rename') return named(node['to'], 'create');
  if (type === 'drop table') return (node['names'] as Name[]).map((name) => use(name, 'use'));
  if (type === 'truncate table') return (node['tables'] as Name[]).map((name) => use(name, 'use'));
  return [
    ...(type === 'table' ? named(node['name'], 'use') : []),
    ...named(node['foreignTable'], 'reference'),
    ...['table', 'into', 'from'].flatMap((key) => named(node[key], 'use')),
  ];
}

function isName(value: unknown): value is Name {
  return typeof value === 'object' && value !== null && typeof (value as Name).name === 'string';
}

function use({ schema, name }: Name, how: TableUse['how']): TableUse {
  return { ...(schema === undefined ? {} : { schema }), name, how };
}

const PART = String.raw`(?:"[^"]+"|[a-z_]\w*)`;
const NAME = String.raw`(?:only\s+)?${PART}(?:\s*\.\s*${PART})?`;
const NO_ALIAS =
  'join|inner|left|right|full|cross|natural|on|using|where|group|order|limit|for|union|returning|set|values|select';
const ITEM = String.raw`${NAME}(?:\s+(?:as\s+)?(?!(?:${NO_ALIAS})\b)[a-z_]\w*)?`;
/** `extract(year from x)`, `is distinct from x` and `for update` name no table. */
const TABLES = new RegExp(
  String.raw`(?<!\((?:year|quarter|month|week|day|dow|doy|hour|minute|second|epoch|both|leading|trailing)\s+|distinct\s+|for\s+|key\s+)` +
    String.raw`\b(from|join|into|update|references|truncate|table|lock)\s+(?:(?:if|not|exists|table)\s+)*(${ITEM}(?:\s*,\s*${ITEM})*)`,
  'g',
);
const INDEXED = new RegExp(String.raw`^\s*create\s[^(]*?\son\s+(${NAME})`);
const LOCAL = /(?:\bwith\s+(?:recursive\s+)?|,\s*)([a-z_]\w*)\s+as\s*\(/g;

/** Word by word, for a statement the parser does not know. */
export function tablesOfWords(words: string): TableUse[] {
  const local = new Set([...words.matchAll(LOCAL)].map(([, name]) => name));
  const indexed = INDEXED.exec(words)?.[1];
  const listed = [...words.matchAll(TABLES)].flatMap(({ 0: all, 1: before = '', 2: list = '', index }) => {
    const creates = before === 'table' && /^\s*create\b/.test(words.slice(0, index));
    const how = before === 'references' ? 'reference' : creates ? 'create' : 'use';
    const items = list.split(',');
    // `from generate_series(1, 9)`
    const isCall = /^(?:from|join)$/.test(before) && /^\s*\(/.test(words.slice(index + all.length));
    return (isCall ? items.slice(0, -1) : items).map((item) => tableUse(item, how));
  });
  return [...(indexed === undefined ? [] : [tableUse(indexed, 'use')]), ...listed].filter(
    ({ schema, name }) => schema !== undefined || !local.has(name),
  );
}

function tableUse(item: string, how: TableUse['how']): TableUse {
  const [first = '', second] = item
    .trim()
    .replace(/^only\s+/, '')
    .replace(/\s*\.\s*/, '.')
    .split(/\s/)[0]!
    .split('.')
    .map((part) => part.replaceAll('"', ''));
  return second === undefined ? { name: first, how } : { schema: first, name: second, how };
}
