import type ts from 'typescript';
import type { Fact, SqlUse } from '../facts.ts';
import { bare, type Tree } from './nodes.ts';
import { constants } from './scope.ts';

const RAW = new Set(
  ['raw', 'whereRaw', 'andWhereRaw', 'orWhereRaw', 'havingRaw', 'orderByRaw', 'groupByRaw', 'joinRaw'].concat(
    'fromRaw',
    'selectRaw',
  ),
);
/** Methods of the query builder and of no other thing a module knows. */
const OF_TABLES = new Set(
  [
    'innerJoin',
    'leftJoin',
    'rightJoin',
    'fullOuterJoin',
    'leftOuterJoin',
    'rightOuterJoin',
    'crossJoin',
  ].concat(
    ['createTable', 'createTableIfNotExists', 'createView', 'dropTable', 'dropTableIfExists', 'alterTable'],
    ['hasTable', 'renameTable', 'batchInsert', 'into', 'inTable', 'withSchema'],
  ),
);

/** The tables and the SQL that a file names: to the query builder, and in its migrations. */
export function data(tree: Tree): (node: ts.Node) => Fact[] {
  const { ts, at } = tree;
  const read = literals(tree);
  const connections = connectionNames(tree);
  // tx('note') and change.tx('note')
  const isConnection = (node: ts.Expression) => connections.has(tree.path(bare(ts, node)).at(-1) ?? '');

  const tables = (node: ts.CallExpression): Fact[] => {
    const [first] = node.arguments;
    if (!first || !namesTable(node)) return [];
    return read
      .tables(first)
      .map((name) => ({ kind: 'table', ...(name === undefined ? {} : { name }), at: at(first) }));
  };
  const namesTable = ({ expression, arguments: given }: ts.CallExpression): boolean => {
    if (isConnection(expression)) return true;
    if (!ts.isPropertyAccessExpression(expression)) return false;
    const method = expression.name.text;
    if (OF_TABLES.has(method)) return true;
    const path = tree.path(expression);
    const onConnection = path.some((name) => connections.has(name));
    const named = given[0] !== undefined && ts.isStringLiteralLike(given[0]);
    if (method === 'join') return given.length > 1 && (onConnection || named);
    return (
      (method === 'from' || method === 'table') && (onConnection || (named && !/^[A-Z]/.test(path[0] ?? 'A')))
    );
  };

  return (node) => {
    if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node))
      return migrated(tree, read, node);
    if (!ts.isCallExpression(node)) return [];
    const { expression: callee, arguments: given } = node;
    const isRaw = ts.isPropertyAccessExpression(callee) && RAW.has(callee.name.text);
    return isRaw && given[0] ? [read.sql(given[0], 'query')] : tables(node);
  };
}

/** Every element of `up` and `down` is a statement. */
function migrated(
  { ts, file }: Tree,
  read: ReturnType<typeof literals>,
  node: ts.PropertyAssignment | ts.ShorthandPropertyAssignment,
): Fact[] {
  const use = node.name.getText(file);
  const names = node.parent.properties.map((property) => property.name?.getText(file));
  if ((use !== 'up' && use !== 'down') || !names.includes('up') || !names.includes('down')) return [];
  return read
    .elements(ts.isPropertyAssignment(node) ? node.initializer : node.name)
    .map((it) => read.sql(it, use));
}

/** `tx` and whatever else a transaction is called: `transaction((t) => …)`, `(t: Knex.Transaction)`, `{ tx: t }`. */
function connectionNames({ ts, file }: Tree): Set<string> {
  const names = new Set(['tx', 'trx', 'knex', 'db']);
  const visit = (node: ts.Node): void => {
    const name = connectionName(node);
    if (name && ts.isIdentifier(name)) names.add(name.text);
    ts.forEachChild(node, visit);
  };
  const connectionName = (node: ts.Node): ts.BindingName | undefined => {
    if (ts.isBindingElement(node)) return node.propertyName?.getText(file) === 'tx' ? node.name : undefined;
    if (ts.isParameter(node))
      return /\bTransaction\b/.test(node.type?.getText(file) ?? '') ? node.name : undefined;
    if (!ts.isCallExpression(node) || !/\.transaction$/.test(node.expression.getText(file))) return undefined;
    const [work] = node.arguments;
    return work && ts.isFunctionLike(work) ? work.parameters[0]?.name : undefined;
  };
  visit(file);
  return names;
}

/** What the file alone tells of an expression's value. */
function literals(tree: Tree) {
  const { ts, at } = tree;
  const known = constants(tree);
  const resolved = (node: ts.Expression): ts.Expression => {
    const inner = bare(ts, node);
    return ts.isIdentifier(inner) ? (known.get(inner.text) ?? inner) : inner;
  };
  const text = (node: ts.Expression): string | undefined => {
    const it = resolved(node);
    if (ts.isStringLiteralLike(it)) return it.text;
    if (ts.isTemplateExpression(it))
      return joined([
        it.head.text,
        ...it.templateSpans.flatMap((span) => [text(span.expression), span.literal.text]),
      ]);
    const isSum = ts.isBinaryExpression(it) && it.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return isSum ? joined([text(it.left), text(it.right)]) : undefined;
  };
  const sql = (node: ts.Expression, use: SqlUse): Fact => {
    const found = text(node);
    const isPlain = found !== undefined && node.getText().slice(1, -1) === found;
    return {
      kind: 'sql',
      use,
      ...(found === undefined ? {} : { text: found }),
      at: at(node) + (isPlain ? 1 : 0),
    };
  };
  /** Of an array, spread ones resolved; what is no array stands for itself. */
  const elements = (node: ts.Expression): ts.Expression[] => {
    const it = resolved(node);
    if (!ts.isArrayLiteralExpression(it)) return [node];
    return it.elements.flatMap((element) =>
      ts.isSpreadElement(element) ? elements(element.expression) : [element],
    );
  };
  /** `'a as b'`, `{ b: 'a' }`; a query within a query names its table itself. */
  const tables = (node: ts.Expression): (string | undefined)[] => {
    const it = resolved(node);
    if (ts.isObjectLiteralExpression(it))
      return it.properties.flatMap((property) =>
        ts.isPropertyAssignment(property) ? tables(property.initializer) : [undefined],
      );
    return ts.isCallExpression(it) || ts.isFunctionLike(it) ? [] : [text(it)];
  };
  return { sql, elements, tables };
}

function joined(parts: (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('');
}
