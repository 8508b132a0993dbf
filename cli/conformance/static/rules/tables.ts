import type { SqlUse } from '../facts.ts';
import { codeOf } from '../rule.ts';
import type { ColumnChange } from '../read/columns.ts';
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
    for (const change of columns) {
      if (change.change === 'create table') tables.set(change.table, { file, at, columns: new Map() });
      else if (change.change === 'drop table') tables.delete(change.table);
      else apply(change, tables.get(change.table)?.columns ?? new Map<string, string>());
    }
  }
  return tables;
}

function apply(it: Extract<ColumnChange, { column: string }>, columns: Table['columns']): void {
  if (it.change === 'add') columns.set(it.column, it.definition);
  if (it.change === 'rename') columns.set(it.to, columns.get(it.column) ?? '');
  if (it.change !== 'add') columns.delete(it.column);
}

export function statementsFor(module: ModuleSource, use: SqlUse) {
  return codeOf(module).flatMap(({ path: file, statements }) =>
    statements.filter((statement) => statement.use === use).map((statement) => ({ file, ...statement })),
  );
}
