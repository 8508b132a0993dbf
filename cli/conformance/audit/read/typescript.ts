import { extname } from 'node:path';
import type ts from 'typescript';
import type { Parser } from '../../parser.ts';
import { tableName, tableOfCall, type Fact, type Reading } from '../facts.ts';
import { isSql, sqlFacts } from './sql.ts';

/** What a TypeScript or JavaScript file says. Types alone say nothing. */
export function typescriptFacts(parser: Parser, name: string, source: string): Reading {
  const kind = ['.ts', '.mts', '.cts'].includes(extname(name)) ? parser.ScriptKind.TS : parser.ScriptKind.TSX;
  const file = parser.createSourceFile(name, source, parser.ScriptTarget.Latest, true, kind);
  const facts: Fact[] = [];
  const read = reader(parser, file);
  const visit = (node: ts.Node): void => {
    if (parser.isTypeNode(node) && !parser.isExpressionWithTypeArguments(node)) return;
    if (parser.isInterfaceDeclaration(node) || parser.isTypeAliasDeclaration(node)) return;
    facts.push(...read(node));
    parser.forEachChild(node, visit);
  };
  visit(file);
  // The parser goes on after an error, and keeps it where its public types do not show it.
  const { parseDiagnostics = [] } = file as { parseDiagnostics?: unknown[] };
  return parseDiagnostics.length === 0 ? { facts } : { facts, flaw: 'read in part: its syntax is wrong' };
}

function reader(parser: Parser, file: ts.SourceFile): (node: ts.Node) => Fact[] {
  const paths = pathReader(parser);
  const textOf = (node: ts.Node): string | undefined => {
    if (parser.isStringLiteralLike(node)) return node.text;
    // As it is written: `${source}` stays in it.
    return parser.isTemplateExpression(node) ? node.getText(file).slice(1, -1) : undefined;
  };

  const strings = (node: ts.Node): Fact[] => {
    const text = textOf(node);
    if (text === undefined) return [];
    const at = node.getStart(file);
    if (isModuleName(parser, node)) return [{ kind: 'import', name: text, at }];
    if (!isSql(text)) return [{ kind: 'text', text, at }];
    return sqlFacts(blanked(node.getText(file).slice(1, -1))).map((fact) => ({
      ...fact,
      at: at + 1 + fact.at,
    }));
  };

  const calls = (node: ts.Node): Fact[] => {
    if (!parser.isCallExpression(node)) return [];
    const at = node.getStart(file);
    const path = paths.of(node.expression);
    const args = [...node.arguments];
    const texts = args.flatMap((arg) => textOf(arg) ?? []);
    const first = args[0] && textOf(args[0]);
    const facts: Fact[] = [{ kind: 'call', path, names: args.flatMap(paths.within), texts, at }];
    if (first !== undefined) facts.push(...tableOfCall(path, first, args.length, at));
    // ['admin', 'owner'].includes(user.role)
    const list = parser.isPropertyAccessExpression(node.expression) ? node.expression.expression : undefined;
    if (list && parser.isArrayLiteralExpression(list) && args[0]) {
      const [value] = list.elements.flatMap((element) => textOf(element) ?? []);
      if (value !== undefined) facts.push({ kind: 'compare', path: paths.of(args[0]), value, at });
    }
    return facts;
  };

  const comparisons = (node: ts.Node): Fact[] => {
    if (parser.isBinaryExpression(node) && isEquality(parser, node.operatorToken.kind))
      return compared(node.left, node.right) ?? compared(node.right, node.left) ?? [];
    if (parser.isCaseClause(node)) return compared(node.parent.parent.expression, node.expression) ?? [];
    return [];
  };
  /** With a string, or with a member of an enum: `Role.Admin`. */
  const compared = (subject: ts.Expression, value: ts.Expression): Fact[] | undefined => {
    const path = paths.of(subject);
    const enumeration = parser.isPropertyAccessExpression(value) ? value.name.text : undefined;
    const text = textOf(value) ?? enumeration;
    if (path.length === 0 || text === undefined) return undefined;
    return [{ kind: 'compare', path, value: text, at: subject.getStart(file) }];
  };

  const members = (node: ts.Node): Fact[] => {
    const at = node.getStart(file);
    if (parser.isBindingElement(node)) {
      return paths.bound(node).map((path) => ({ kind: 'member', path, at }));
    }
    if (!(parser.isIdentifier(node) || isAccess(parser, node)) || isPartOfPath(parser, node)) return [];
    return [{ kind: 'member', path: paths.of(node), at }];
  };

  const models = (node: ts.Node): Fact[] => {
    const at = node.getStart(file);
    if (parser.isClassLike(node) && node.name && isEntity(parser, node))
      return [{ kind: 'model', name: tableName(node.name.text), at }];
    if (!(parser.isPropertyAssignment(node) || parser.isPropertyDeclaration(node)) || !node.initializer)
      return [];
    const [value, property] = [textOf(node.initializer), node.name.getText(file)];
    if (value === undefined) return [];
    if (property === 'tableName') return [{ kind: 'model', name: tableName(value), at }];
    return property === 'table' ? [{ kind: 'table', name: tableName(value), use: 'query', at }] : [];
  };

  return (node) => [strings, calls, comparisons, members, models].flatMap((look) => look(node));
}

/** `(await request.body)!['companyId']` → `['request', 'body', 'companyId']`; a call within stands as its name. */
function pathReader(parser: Parser) {
  const of = (node: ts.Node): string[] => {
    if (parser.isIdentifier(node)) return [node.text];
    if (node.kind === parser.SyntaxKind.ThisKeyword) return ['this'];
    if (parser.isPropertyAccessExpression(node)) return [...of(node.expression), node.name.text];
    if (parser.isElementAccessExpression(node)) {
      const { argumentExpression: key } = node;
      return [...of(node.expression), parser.isStringLiteralLike(key) ? key.text : '[]'];
    }
    if (
      parser.isCallExpression(node) ||
      parser.isParenthesizedExpression(node) ||
      parser.isAsExpression(node) ||
      parser.isNonNullExpression(node) ||
      parser.isAwaitExpression(node) ||
      parser.isTypeAssertionExpression(node)
    )
      return of(node.expression);
    return [];
  };

  /** What an argument puts in: a name of a property is not one, a function's body is not one either. */
  const within = (node: ts.Node): string[][] => {
    if (parser.isIdentifier(node) || isAccess(parser, node)) return [of(node)];
    if (parser.isFunctionLike(node)) return [];
    // hash(token) puts in a hash.
    if (parser.isCallExpression(node)) return [of(node)];
    if (parser.isPropertyAssignment(node)) return within(node.initializer);
    const found: string[][] = [];
    parser.forEachChild(node, (child) => void found.push(...within(child)));
    return found;
  };

  /** `const { body: { companyId } } = request` → `['request', 'body', 'companyId']` */
  const bound = (node: ts.BindingElement): string[][] => {
    const key = node.propertyName ?? node.name;
    if (!parser.isIdentifier(key) && !parser.isStringLiteralLike(key)) return [];
    const outer = node.parent.parent;
    if (parser.isBindingElement(outer)) return bound(outer).map((path) => [...path, key.text]);
    const source = parser.isVariableDeclaration(outer) && outer.initializer ? of(outer.initializer) : [];
    return [[...source, key.text]];
  };

  return { of, within, bound };
}

function isAccess(
  parser: Parser,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return parser.isPropertyAccessExpression(node) || parser.isElementAccessExpression(node);
}

/** Only a whole path is a fact: of `a.b.c` neither `a.b` nor `c`. */
function isPartOfPath(parser: Parser, node: ts.Node): boolean {
  const { parent } = node;
  return (
    isAccess(parser, parent) && (parent.expression === node || parser.isPropertyAccessExpression(parent))
  );
}

function isEquality(parser: Parser, kind: ts.SyntaxKind): boolean {
  const { EqualsEqualsEqualsToken, EqualsEqualsToken, ExclamationEqualsEqualsToken, ExclamationEqualsToken } =
    parser.SyntaxKind;
  return [
    EqualsEqualsEqualsToken,
    EqualsEqualsToken,
    ExclamationEqualsEqualsToken,
    ExclamationEqualsToken,
  ].includes(kind);
}

function isModuleName(parser: Parser, node: ts.Node): boolean {
  const { parent } = node;
  if (parser.isImportDeclaration(parent) || parser.isExportDeclaration(parent)) return true;
  if (parser.isExternalModuleReference(parent)) return true;
  if (!parser.isCallExpression(parent)) return false;
  const { expression: callee } = parent;
  return (
    callee.kind === parser.SyntaxKind.ImportKeyword ||
    (parser.isIdentifier(callee) && callee.text === 'require')
  );
}

/** `@Entity() class User`, `class User extends Model` */
function isEntity(parser: Parser, node: ts.ClassLikeDeclaration): boolean {
  const decorated = (parser.canHaveDecorators(node) ? (parser.getDecorators(node) ?? []) : []).some((it) =>
    /^@(?:Entity|Table|Schema)\b/.test(it.getText()),
  );
  const parents = (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => type.getText()));
  return decorated || parents.some((parent) => /^(?:[\w.]+\.)?(?:Model|BaseEntity|Document)\b/.test(parent));
}

/** A template's parts and escapes as spaces, so that what is left keeps its place. */
function blanked(source: string): string {
  return source.replace(/\$\{[^}]*\}|\\[^]/g, (part) => ' '.repeat(part.length));
}
