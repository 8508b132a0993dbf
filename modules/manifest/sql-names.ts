const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** What PostgreSQL takes as no name of a table or column unless it is quoted. */
export const SQL_WORDS = words(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch ' +
    'for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer ' +
    'overlaps placing primary references returning right select session_user similar some symmetric system_user ' +
    'table tablesample then to trailing true union unique user using variadic verbose when where window with',
);

/** Columns every table has already, unseen. */
export const SYSTEM_COLUMNS = words('tableoid xmin cmin xmax cmax ctid');

/** Why no table can have this name. */
export function tableNameFaults(name: string): string[] {
  return [
    ...(SQL_WORDS.has(name) ? ['is a word of SQL'] : []),
    ...(name.startsWith('pg_') ? ['begins like a table of PostgreSQL, which would be taken for it'] : []),
    ...(name === 'migrations' ? ['is the table that knows which migrations ran'] : []),
  ];
}

/** Why no column can have this name. */
export function columnNameFaults(name: string): string[] {
  return [
    ...(SQL_WORDS.has(name) ? ['is a word of SQL'] : []),
    ...(SYSTEM_COLUMNS.has(name) ? ['is a column of every table of PostgreSQL'] : []),
  ];
}
