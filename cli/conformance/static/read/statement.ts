import type * as sql from 'pgsql-ast-parser';
import { CliError, EXIT } from '../../../errors.ts';
import type { SqlUse } from '../facts.ts';
import { columnChanges, type ColumnChange } from './columns.ts';
import { tablesOfTree, tablesOfWords, type TableUse } from './tables.ts';

/** SQL as a module's source writes it. */
export interface Statement {
  use: SqlUse;
  /** Where in its file it begins. */
  at: number;
  /** In lower case, without comments and the content of strings: to look for words in. */
  words: string;
  tables: TableUse[];
  columns: ColumnChange[];
}

export type SqlParser = typeof sql;

/** A development dependency, as the compiler is. */
export async function loadSqlParser(): Promise<SqlParser> {
  try {
    return await import('pgsql-ast-parser');
  } catch (error) {
    const message =
      'reading SQL needs the pgsql-ast-parser package: run "npm ci" with development dependencies';
    throw new CliError(EXIT.precondition, message, error);
  }
}

/** What the parser does not know is read word by word: nothing is left unread. */
export function readStatement(
  parser: SqlParser,
  { text, use, at }: { text: string; use: SqlUse; at: number },
): Statement {
  const plain = use === 'query' ? withoutBindings(text) : text;
  const words = wordsOf(plain);
  const columns = words.split(';').flatMap(columnChanges);
  return { use, at, words, tables: tablesIn(parser, plain, words), columns };
}

function tablesIn(parser: SqlParser, text: string, words: string): TableUse[] {
  try {
    return tablesOfTree(parser.parse(text));
  } catch {
    return words.split(';').flatMap(tablesOfWords);
  }
}

/** Knex puts a value for each `?` and `:name`, a name for each `??` and `:name:`. */
function withoutBindings(text: string): string {
  return text
    .replace(/\?\?|(?<![:\w]):\w+:/g, '"?"')
    .replace(/\?|(?<![:\w]):\w+/g, '$1')
    .replaceAll('"$1"', '"?"');
}

const UNSAID = /--[^\n]*|\/\*[^]*?(?:\*\/|$)|(')(?:[^']|'')*(?:'|$)/g;

function wordsOf(text: string): string {
  return text.replace(UNSAID, (_all, quote?: string) => (quote ? "''" : ' ')).toLowerCase();
}
