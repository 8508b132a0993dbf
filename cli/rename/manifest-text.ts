import { isScalar, parseDocument, type Document, type Scalar } from 'yaml';

/** Where a manifest names a module: `*` stands for every item. */
const PLACES = [
  ['metadata', 'key'],
  ['spec', 'services', '*'],
  ['spec', 'soldWith', '*'],
  ['spec', 'data', 'reads', '*', 'entity'],
  ['spec', 'data', 'owns', '*', 'fields', '*', 'to'],
  ['spec', 'routes', '*', 'id'],
  ['spec', 'routes', '*', 'path'],
  ['spec', 'routes', '*', 'service'],
  ['spec', 'routes', '*', 'permission'],
  ['spec', 'routes', '*', 'entity'],
];

/** The text of a `module.yaml`, its own or another module's, with one module called by its new key. All else stays byte for byte. */
export function withNewKey(text: string, key: string, newKey: string): string {
  const document = parseDocument(text);
  const named = PLACES.flatMap((place) =>
    scalarsAt(document, place).flatMap((scalar) => {
      // A bare `to` names an entity of the module itself, which may be called like a module.
      const renamed = renamedValue(scalar.value, key, newKey, place.at(-1) !== 'to');
      return renamed === undefined ? [] : [{ range: scalar.range, renamed }];
    }),
  );
  return named
    .toSorted((a, b) => b.range[0] - a.range[0])
    .reduce((whole, { range: [start, end], renamed }) => {
      const quote = /^["']/.exec(whole.slice(start, end))?.[0] ?? '';
      return `${whole.slice(0, start)}${quote}${renamed}${quote}${whole.slice(end)}`;
    }, text);
}

function scalarsAt(document: Document.Parsed, place: string[]): Scalar.Parsed[] {
  const nodes = place.reduce<unknown[]>(
    (parents, step) => parents.flatMap((parent) => childrenOf(parent, step)),
    [document.contents],
  );
  return nodes.filter((node): node is Scalar.Parsed => isScalar(node));
}

function childrenOf(parent: unknown, step: string): unknown[] {
  const { items, get } = (parent ?? {}) as { items?: unknown[]; get?: (key: string, keep: true) => unknown };
  if (step === '*') return items ?? [];
  return get ? [get.call(parent, step, true)] : [];
}

function renamedValue(value: unknown, key: string, newKey: string, alone: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value === key && alone) return newKey;
  for (const [before, after] of [
    [`${key}.`, `${newKey}.`],
    [`/api/${key}/`, `/api/${newKey}/`],
  ] as const) {
    if (value.startsWith(before)) return after + value.slice(before.length);
  }
  return undefined;
}
