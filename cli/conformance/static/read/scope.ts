import type ts from 'typescript';
import { bare, type Tree } from './nodes.ts';

/** Whether nothing around a name declares it: then it is the machine's own. */
export function isGlobal(tree: Tree, name: ts.Identifier): boolean {
  return declarationScope(tree, name) === undefined;
}

/** The nearest node around a name that declares it. */
export function declarationScope({ ts }: Tree, name: ts.Identifier): ts.Node | undefined {
  for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
    if (declaredIn(ts, scope).includes(name.text)) return scope;
  }
  return undefined;
}

function declaredIn(ts: Tree['ts'], scope: ts.Node): string[] {
  if (ts.isFunctionLike(scope)) {
    const own = ts.isFunctionExpression(scope) && scope.name ? [scope.name.text] : [];
    return [...own, ...scope.parameters.flatMap(({ name }) => namesOf(ts, name))];
  }
  if (ts.isSourceFile(scope) || ts.isBlock(scope) || ts.isModuleBlock(scope))
    return scope.statements.flatMap((statement) => declaredBy(ts, statement));
  if (ts.isCaseBlock(scope))
    return scope.clauses.flatMap(({ statements }) => statements.flatMap((it) => declaredBy(ts, it)));
  if (ts.isCatchClause(scope))
    return scope.variableDeclaration ? namesOf(ts, scope.variableDeclaration.name) : [];
  const list = ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope);
  return list && scope.initializer && ts.isVariableDeclarationList(scope.initializer)
    ? scope.initializer.declarations.flatMap(({ name }) => namesOf(ts, name))
    : [];
}

function declaredBy(ts: Tree['ts'], statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => namesOf(ts, name));
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  )
    return statement.name ? [statement.name.text] : [];
  if (!ts.isImportDeclaration(statement) || !statement.importClause) return [];
  const { name, namedBindings } = statement.importClause;
  const bindings = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings.name]
      : namedBindings.elements.map((element) => element.name);
  return [...(name ? [name] : []), ...bindings].map(({ text }) => text);
}

export function namesOf(ts: Tree['ts'], name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(ts, element.name) : []));
}

/** What the file's own constants hold; those of functions are not asked. */
export function constants({ ts, file }: Tree): Map<string, ts.Expression> {
  const declarations = file.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  return new Map(
    declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer ? [[name.text, bare(ts, initializer)] as const] : [],
    ),
  );
}
