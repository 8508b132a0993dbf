import { stringify } from 'yaml';
import type { ModuleType } from './collisions.ts';
import type { SpecifiedEntity } from './entity-spec.ts';
import { WIDTH } from './json-text.ts';

/** What is asked of whoever makes a module. */
export interface Answers {
  key: string;
  type: ModuleType;
  title: string;
  owner: string;
  purpose: string;
  owns: SpecifiedEntity[];
  reads: { entity: string; why: string }[];
  mustNot: string[];
  /** Base modules an add-on is sold with; absent: every base. */
  soldWith?: string[];
}

/** Lists whose items stand on one line each, where they fit. */
const SHORT = ['fields', 'soldWith'];

/** `module.yaml`, written as prettier would leave it. Text in it is text, whatever it looks like. */
export function manifestText(answers: Answers, uid: string): string {
  const { key, type, title, owner, purpose, owns, reads, mustNot, soldWith } = answers;
  const lines = block({
    apiVersion: 'kisum.dev/v1',
    kind: 'Module',
    metadata: { uid, key, title, owner, purpose },
    spec: {
      type,
      ...(soldWith && { soldWith }),
      data: { owns, ...(reads.length > 0 && { reads }) },
      mustNot,
    },
  });
  const schema = '# yaml-language-server: $schema=../../../modules/manifest/module.schema.json';
  return `${[schema, ...lines].join('\n')}\n`;
}

/** Lines of a list or a record, `indent` characters from the edge; a `short` one may be on one line. */
function block(value: object, indent = 0, short = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listItem(item, indent, short));
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) => {
    const label = `${name}:`;
    const line = `${label} ${inline(item)}`;
    if (!isNested(item)) return [line];
    const isShort = short || (SHORT.includes(name) && isListOfWords(item));
    if (isShort && indent + line.length <= WIDTH) return [line];
    const nested = block(item, indent + 2, short || SHORT.includes(name));
    return [label, ...nested.map((it) => `  ${it}`)];
  });
}

function listItem(item: unknown, indent: number, short: boolean): string[] {
  const line = inline(item);
  if (!isNested(item) || (short && indent + '- '.length + line.length <= WIDTH)) return [`- ${line}`];
  return block(item, indent + 2, short).map((it, index) => (index === 0 ? `- ${it}` : `  ${it}`));
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isNested(value)) return scalar(value);
  const members = Object.entries(value).map(([name, item]) => `${name}: ${inline(item)}`);
  return `{ ${members.join(', ')} }`;
}

/** As a record's value: at the top of a document some texts are written otherwise. */
function scalar(value: unknown): string {
  return stringify({ at: value }, { lineWidth: 0, singleQuote: true }).slice('at: '.length, -1);
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isListOfWords(value: object): boolean {
  return Array.isArray(value) && !value.some(isNested);
}
