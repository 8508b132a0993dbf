/** What a source says, whatever language it is written in: the rules read nothing else. */
export type Fact = {
  /** Where in its file, in characters from 0. */
  at: number;
} & (
  | { kind: 'import'; name: string }
  /** A string; what a template puts in stands as `${source}`. */
  | { kind: 'text'; text: string }
  /** Parts in snake_case, the last is the table: `['promoter', 'event']`. */
  | { kind: 'table'; name: string[]; use: 'create' | 'query' }
  /** A class, struct or schema that an object mapper keeps in a table. */
  | { kind: 'model'; name: string[] }
  /** `claims.role` → `['claims', 'role']`; a name alone is a path of one. */
  | { kind: 'member'; path: string[] }
  /** `user.role === 'admin'` */
  | { kind: 'compare'; path: string[]; value: string }
  /** What is called, the paths its arguments name, and the strings among them. */
  | { kind: 'call'; path: string[]; names: string[][]; texts: string[] }
);

/** What a file says, and what is wrong with it when it could be read in part only. */
export interface Reading {
  facts: Fact[];
  flaw?: string;
}

/** `companyId`, `company_id` and `CompanyID` are one name. */
export function plain(name: string | undefined): string {
  return (name ?? '').toLowerCase().replaceAll('_', '');
}

/** `RolePermissions` → `role_permissions`, as a table would be named. */
export function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** `Promoter.Event as e` → `['promoter', 'event']` */
export function tableName(text: string): string[] {
  const [name = ''] = text.trim().split(/\s/);
  return name.split('.').map((part) => snake(part.replace(/["'`[\]]/g, '')));
}

/** A string of the source as a message may show it: short, without what stands before `@` or after `?`. */
export function quoted(text: string): string {
  const [address = ''] = text
    .replace(/\s+/g, ' ')
    .replace(/\/\/[^/]*@/, '//')
    .split('?');
  return address.length > 80 ? `${address.slice(0, 80)}…` : address;
}

const TABLE_CALLS = new Set(
  ['from', 'into', 'table', 'intable', 'join', 'innerjoin', 'leftjoin', 'rightjoin', 'fullouterjoin'].concat([
    'leftouterjoin',
    'rightouterjoin',
    'crossjoin',
    'altertable',
    'hastable',
    'using',
  ]),
);
const CONNECTIONS = new Set(['knex', 'db', 'trx', 'tx', 'conn', 'connection', 'database']);
const MODEL_CALLS = new Set(['entity', 'define', 'model', 'pgtable', 'mysqltable', 'sqlitetable']);

/** The table or model that a call names: `knex('users')`, `query.join('users', …)`, `createTable('users', …)`. */
export function tableOfCall(path: string[], first: string, args: number, at: number): Fact[] {
  const last = plain(path.at(-1));
  const receiver = path.at(-2);
  const name = tableName(first);
  if (last.startsWith('createtable')) return [{ kind: 'table', name, use: 'create', at }];
  if (MODEL_CALLS.has(last)) return [{ kind: 'model', name, at }];
  if (CONNECTIONS.has(last)) return [{ kind: 'table', name, use: 'query', at }];
  // Array.from('…'), path.join('…', x) and ['…'].join('…') name no table.
  const other = receiver === undefined || /^[A-Z]|^(?:path|posix|win32|url)$/.test(receiver);
  if (!TABLE_CALLS.has(last) || (other && last !== 'table') || (last === 'join' && args < 2)) return [];
  return [{ kind: 'table', name, use: 'query', at }];
}
