import type { SqlUse } from '../facts.ts';
import { codeOf } from '../rule.ts';
import type { ModuleSource } from '../source.ts';

/** A table that the module's code names, in SQL or to the query builder. */
export interface NamedTable {
  file: string;
  at: number;
  schema?: string;
  name: string;
  how: 'create' | 'reference' | 'use';
}

export function tablesNamed(module: ModuleSource): NamedTable[] {
  return codeOf(module).flatMap(({ path: file, facts, statements }) => [
    ...statements.flatMap(({ at, tables }) => tables.map((table) => ({ file, at, ...table }))),
    ...facts.flatMap((fact) => {
      if (fact.kind !== 'table' || fact.name === undefined) return [];
      return [{ file, at: fact.at, how: 'use' as const, ...split(fact.name) }];
    }),
  ]);
}

/** `core.companies as c` */
function split(text: string): { schema?: string; name: string } {
  const [first = '', second] = (text.trim().split(/\s/)[0] ?? '').replaceAll('"', '').split('.');
  return second === undefined ? { name: first } : { schema: first, name: second };
}

/** A table as the module's migrations leave it. */
export interface Table {
  file: string;
  at: number;
  /** Name → all that stands behind it. */
  columns: Map<string, string>;
}

/** Every migration's way forward, in the order it is written. */
export function tablesAfter(module: ModuleSource): Map<string, Table> {
  const tables = new Map<string, Table>();
  for (const { file, at, columns } of statementsFor(module, 'up')) {
    for (const it of columns) {
      if (it.change === 'drop table') tables.delete(it.table);
      const table = tables.get(it.table) ?? { file, at, columns: new Map<string, string>() };
      if (it.change === 'add')
        tables.set(it.table, table).get(it.table)!.columns.set(it.column, it.definition);
      if (it.change === 'remove') table.columns.delete(it.column);
      if (it.change === 'rename') {
        table.columns.set(it.to, table.columns.get(it.column) ?? '');
        table.columns.delete(it.column);
      }
    }
  }
  return tables;
}

export function statementsFor(module: ModuleSource, use: SqlUse) {
  return codeOf(module).flatMap(({ path: file, statements }) =>
    statements.filter((statement) => statement.use === use).map((statement) => ({ file, ...statement })),
  );
}
