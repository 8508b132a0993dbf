import type ts from 'typescript';
import type { Parser } from '../../parser.ts';

/** One file's tree and the questions asked of it again and again. */
export interface Tree {
  ts: Parser;
  file: ts.SourceFile;
  at: (node: ts.Node) => number;
  /** `(await request.body)!['id']` → `['request', 'body', 'id']`; what is computed stands as `[]`. */
  path: (node: ts.Node) => string[];
  /** The paths that an argument puts in: not the names of properties, not what a function in it does. */
  within: (node: ts.Node) => string[][];
  /** A string; a template that holds expressions as it is written: `${source}` stays in it. */
  text: (node: ts.Node) => string | undefined;
}

export function treeOf(ts: Parser, file: ts.SourceFile): Tree {
  const path = (node: ts.Node): string[] => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return [node.text];
    if (node.kind === ts.SyntaxKind.ThisKeyword) return ['this'];
    if (ts.isMetaProperty(node)) return ['import', 'meta'];
    if (ts.isPropertyAccessExpression(node)) return [...path(node.expression), node.name.text];
    if (ts.isElementAccessExpression(node)) {
      const key = node.argumentExpression;
      return [...path(node.expression), ts.isStringLiteralLike(key) ? key.text : '[]'];
    }
    const inner = wrapped(ts, node) ?? (ts.isCallExpression(node) ? node.expression : undefined);
    return inner ? path(inner) : [];
  };
  const within = (node: ts.Node): string[][] => {
    if (ts.isFunctionLike(node)) return [];
    if (ts.isPropertyAssignment(node)) return [[node.name.getText(file)], ...within(node.initializer)];
    if (ts.isIdentifier(node) || isAccess(ts, node) || ts.isCallExpression(node)) return [path(node)];
    const found: string[][] = [];
    ts.forEachChild(node, (child) => void found.push(...within(child)));
    return found;
  };
  const text = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteralLike(node)) return node.text;
    return ts.isTemplateExpression(node) ? node.getText(file).slice(1, -1) : undefined;
  };
  return { ts, file, at: (node) => node.getStart(file), path, within, text };
}

/** `a.b` and `a['b']` */
export function isAccess(
  ts: Parser,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
}

/** What stands in brackets, behind `await`, `!`, `as` or `satisfies`. */
export function wrapped(ts: Parser, node: ts.Node): ts.Expression | undefined {
  return ts.isParenthesizedExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node)
    ? node.expression
    : undefined;
}

/** The same without all of it. */
export function bare(ts: Parser, node: ts.Expression): ts.Expression {
  const inner = wrapped(ts, node);
  return inner ? bare(ts, inner) : node;
}

/** Every node below, functions within included. */
export function descendants(ts: Parser, node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (child: ts.Node): void => {
    found.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}
