/** What a statement does to a table's columns. `definition` is all that stands behind the name. */
export type ColumnChange = { table: string } & (
  | { change: 'add'; column: string; definition: string }
  | { change: 'remove'; column: string }
  | { change: 'rename'; column: string; to: string }
  | { change: 'create table' }
  | { change: 'drop table' }
);

const CREATE = /^\s*create\s+table\s+(?:if\s+not\s+exists\s+)?([\w".]+)\s*\(([^]*)\)[^()]*$/;
const ALTER = /^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?([\w".]+)\s+([^]*)$/;
const DROP = /^\s*drop\s+table\s+(?:if\s+exists\s+)?([\w".\s,]+?)(?:\s+(?:cascade|restrict))?\s*;?\s*$/;
const NO_COLUMN = /^(?:constraint|primary|unique|check|foreign|exclude|like)\b/;

/** @param words a statement in lower case, without comments and the content of strings */
export function columnChanges(words: string): ColumnChange[] {
  return [...created(words), ...altered(words), ...dropped(words)];
}

function created(words: string): ColumnChange[] {
  const [, table = '', body] = CREATE.exec(words) ?? [];
  if (body === undefined) return [];
  const columns = parts(body).filter((part) => !NO_COLUMN.test(part));
  return [{ table: name(table), change: 'create table' }, ...columns.map((part) => added(name(table), part))];
}

function altered(words: string): ColumnChange[] {
  const [, of = '', changes] = ALTER.exec(words) ?? [];
  if (changes === undefined) return [];
  const table = name(of);
  return parts(changes).flatMap((part): ColumnChange[] => {
    const add = /^add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?([^]*)$/.exec(part)?.[1];
    if (add !== undefined) return NO_COLUMN.test(add) ? [] : [added(table, add)];
    const drop = /^drop\s+(?:column\s+)?(?:if\s+exists\s+)?("?\w+"?)/.exec(part)?.[1];
    if (drop !== undefined && drop !== 'constraint') return [{ table, change: 'remove', column: name(drop) }];
    const [, from, to] = /^rename\s+(?:column\s+)?("?\w+"?)\s+to\s+("?\w+"?)/.exec(part) ?? [];
    if (!from || !to || from === 'constraint') return [];
    return [{ table, change: 'rename', column: name(from), to: name(to) }];
  });
}

function dropped(words: string): ColumnChange[] {
  const tables = DROP.exec(words)?.[1]?.split(',') ?? [];
  return tables.map((table) => ({ table: name(table.trim()), change: 'drop table' }));
}

function added(table: string, part: string): ColumnChange {
  const [, column = '', definition = ''] = /^("?\w+"?)\s*([^]*)$/.exec(part) ?? [];
  return { table, change: 'add', column: name(column), definition };
}

/** Split at the commas that stand in no brackets. */
function parts(text: string): string[] {
  const found = [''];
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign === ',' && depth === 0) found.push('');
    else found.push(found.pop()! + sign);
  }
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

/** Without quotes and schema. */
function name(text: string): string {
  return text.replaceAll('"', '').replace(/^.*\./, '');
}
