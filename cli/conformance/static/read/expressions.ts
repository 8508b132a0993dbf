import type ts from 'typescript';
import type { Fact } from '../facts.ts';
import { descendants, isAccess, type Tree } from './nodes.ts';
import { isGlobal } from './scope.ts';

/** Members, strings, comparisons and calls. */
export function expressions(tree: Tree): (node: ts.Node) => Fact[] {
  const looks = [members, strings, comparisons, calls, swallows].map((look) => look(tree));
  return (node) => looks.flatMap((look) => look(node));
}

function members(tree: Tree): (node: ts.Node) => Fact[] {
  const { ts, at, path } = tree;
  const root = (node: ts.Node): ts.Node => (isAccess(ts, node) ? root(node.expression) : node);
  return (node) => {
    if (ts.isBindingElement(node))
      return bound(tree, node).map((found) => ({ kind: 'member', ...found, at: at(node) }));
    const isName = ts.isIdentifier(node) && isRead(ts, node);
    if (!isName && !isAccess(ts, node)) return [];
    const { parent } = node;
    if (isAccess(ts, parent) && parent.expression === node) return [];
    const first = root(node);
    return [
      {
        kind: 'member',
        path: path(node),
        global: ts.isIdentifier(first) && isGlobal(tree, first),
        at: at(node),
      },
    ];
  };
}

/** Whether an identifier stands for a value, and names no property, declaration or label. */
function isRead(ts: Tree['ts'], node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return true;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if ('name' in parent && parent.name === node) return false;
  if ('propertyName' in parent && parent.propertyName === node) return false;
  return (
    !ts.isImportClause(parent) && !ts.isLabeledStatement(parent) && !ts.isBreakOrContinueStatement(parent)
  );
}

/** `const { body: { id } } = request` → `['request', 'body', 'id']` */
function bound(tree: Tree, node: ts.BindingElement): { path: string[]; global: boolean }[] {
  const { ts, path } = tree;
  const key = node.propertyName ?? node.name;
  if (!ts.isIdentifier(key) && !ts.isStringLiteralLike(key)) return [];
  const outer = node.parent.parent;
  if (ts.isBindingElement(outer))
    return bound(tree, outer).map((it) => ({ ...it, path: [...it.path, key.text] }));
  if (ts.isParameter(outer)) return [{ path: ['parameter', key.text], global: false }];
  const source = outer.initializer;
  const global = source !== undefined && ts.isIdentifier(source) && isGlobal(tree, source);
  return [{ path: [...(source ? path(source) : []), key.text], global }];
}

function strings({ ts, at, text }: Tree): (node: ts.Node) => Fact[] {
  return (node) => {
    const found = text(node);
    if (found === undefined || ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent))
      return [];
    const name = givenTo(ts, node);
    return [
      { kind: 'text', text: found, at: at(node) },
      ...(name === undefined ? [] : [{ kind: 'given text' as const, name, text: found, at: at(node) }]),
    ];
  };
}

function givenTo(ts: Tree['ts'], node: ts.Node): string | undefined {
  const { parent } = node;
  const holder =
    ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
  if (holder && parent.initializer === node) return parent.name.getText();
  const assigns = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return assigns && parent.right === node ? parent.left.getText() : undefined;
}

/** `a.role === 'x'`, `switch (a.role) { case 'x': }`, `['x', 'y'].includes(a.role)` */
function comparisons({ ts, at, path, text }: Tree): (node: ts.Node) => Fact[] {
  const { SyntaxKind: kind } = ts;
  const equalities: ts.SyntaxKind[] = [
    kind.EqualsEqualsEqualsToken,
    kind.EqualsEqualsToken,
    kind.ExclamationEqualsEqualsToken,
    kind.ExclamationEqualsToken,
  ];
  const compared = (subject: ts.Node, value: ts.Node): Fact[] => {
    const found = text(value);
    return found === undefined
      ? []
      : [{ kind: 'compare', path: path(subject), value: found, at: at(subject) }];
  };
  return (node) => {
    if (ts.isBinaryExpression(node) && equalities.includes(node.operatorToken.kind))
      return [...compared(node.left, node.right), ...compared(node.right, node.left)];
    if (ts.isCaseClause(node)) return compared(node.parent.parent.expression, node.expression);
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const { expression: list, name } = node.expression;
    const [subject] = node.arguments;
    if (name.text !== 'includes' || !ts.isArrayLiteralExpression(list) || !subject) return [];
    return list.elements.flatMap((value) => compared(subject, value));
  };
}

function calls(tree: Tree): (node: ts.Node) => Fact[] {
  const { ts, at, path, within, text } = tree;
  return (node) => {
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
    const { expression: callee } = node;
    const given = [...(node.arguments ?? [])];
    return [
      {
        kind: 'call',
        path: path(callee),
        global: ts.isIdentifier(callee) && isGlobal(tree, callee),
        names: given.flatMap(within),
        texts: given.flatMap((argument) => text(argument) ?? []),
        withFunction: given.some((argument) => ts.isFunctionLike(argument)),
        at: at(node),
      },
    ];
  };
}

/** `try { … } catch { … }`, `.catch(() => …)` and `.then(…, () => …)` without a throw. */
function swallows({ ts, at, path }: Tree): (node: ts.Node) => Fact[] {
  const throws = (node: ts.Node) => descendants(ts, node).some((it) => ts.isThrowStatement(it));
  const called = (node: ts.Node) =>
    [node, ...descendants(ts, node)].filter((it) => ts.isCallExpression(it)).map((it) => path(it.expression));
  return (node) => {
    if (ts.isCatchClause(node))
      return throws(node.block)
        ? []
        : [{ kind: 'swallow', tried: called(node.parent.tryBlock), at: at(node) }];
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
    const { expression: tried, name } = node.expression;
    const rescue = { catch: node.arguments[0], then: node.arguments[1] }[name.text];
    if (!rescue || throws(rescue)) return [];
    return [{ kind: 'swallow', tried: called(tried), at: at(name) }];
  };
}
