import type ts from 'typescript';
import type { Fact } from '../facts.ts';
import { bare, descendants, isAccess, type Tree } from './nodes.ts';
import { declarationScope } from './scope.ts';

const CHANGES = new Set(
  [
    'set',
    'add',
    'delete',
    'clear',
    'push',
    'unshift',
    'pop',
    'shift',
    'splice',
    'fill',
    'sort',
    'reverse',
  ].concat('copyWithin'),
);

/** What outlives a request: `let` and `var` of the file itself, static members, and constants whose content changes. */
export function states(tree: Tree): Fact[] {
  const { ts, file, at } = tree;
  const all = descendants(ts, file);
  const changed = all.flatMap((node) => changedBy(tree, node) ?? []);
  const isChanged = (name: ts.Node) =>
    changed.some((target) => ts.isIdentifier(target) && declares(tree, name, target));
  const variables = all
    .filter((node) => ts.isVariableDeclaration(node) && livesOn(ts, node))
    .filter(
      (node) =>
        !isConst(ts, node as ts.VariableDeclaration) || isChanged((node as ts.VariableDeclaration).name),
    );
  const changedMembers = new Set(changed.flatMap((target) => tree.path(target).slice(1)));
  const members = all
    .filter((node) => ts.isPropertyDeclaration(node))
    .filter((node) => (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static) !== 0)
    .filter((node) => !isReadonly(ts, node) || changedMembers.has(node.name.getText(file)));
  return [...variables, ...members].map((node) => ({
    kind: 'state',
    name: (node as ts.VariableDeclaration | ts.PropertyDeclaration).name.getText(file),
    at: at(node),
  }));
}

/** Whether a name declares what `target` names. */
function declares(tree: Tree, name: ts.Node, target: ts.Identifier): boolean {
  if (!tree.ts.isIdentifier(name) || name.text !== target.text) return false;
  return declarationScope(tree, name) === declarationScope(tree, target);
}

/** Declared outside every function, or in one that runs at once as the file is loaded. */
function livesOn(ts: Tree['ts'], node: ts.Node): boolean {
  for (let scope = node.parent; scope; scope = scope.parent)
    if (ts.isFunctionLike(scope)) return runsAtOnce(ts, scope) && livesOn(ts, scope);
  return true;
}

function runsAtOnce(ts: Tree['ts'], node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return runsAtOnce(ts, parent);
  return ts.isCallExpression(parent) && parent.expression === node;
}

function isConst(ts: Tree['ts'], { parent }: ts.VariableDeclaration): boolean {
  return (parent.flags & ts.NodeFlags.Const) !== 0;
}

function isReadonly(ts: Tree['ts'], node: ts.PropertyDeclaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Readonly) !== 0;
}

/** What a node changes the content of: `x` in `x.set(…)`, `x[key] = …`, `x.n += 1`, `delete x.y`. */
function changedBy({ ts }: Tree, node: ts.Node): ts.Expression | undefined {
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
  const holder = (target: ts.Expression): ts.Expression | undefined => {
    const inner = bare(ts, target);
    return isAccess(ts, inner) ? innermost(ts, inner.expression) : undefined;
  };
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { name, expression } = node.expression;
    if (name.text === 'assign') return node.arguments[0];
    return CHANGES.has(name.text) ? innermost(ts, expression) : undefined;
  }
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    return kind >= FirstAssignment && kind <= LastAssignment ? holder(node.left) : undefined;
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    return node.operator === PlusPlusToken || node.operator === MinusMinusToken
      ? holder(node.operand)
      : undefined;
  return ts.isDeleteExpression(node) ? holder(node.expression) : undefined;
}

/** `x` of `x.y.z`; a member of a class stays: `Cache.rows`. */
function innermost(ts: Tree['ts'], node: ts.Expression): ts.Expression {
  const inner = bare(ts, node);
  if (!isAccess(ts, inner)) return inner;
  const first = innermost(ts, inner.expression);
  return ts.isIdentifier(first) && !/^[A-Z]/.test(first.text) ? first : inner;
}
