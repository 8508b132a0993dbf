import type ts from 'typescript';
import type { Fact } from '../facts.ts';
import type { Tree } from './nodes.ts';

/** Whatever brings in another file, types alone included. */
export function imports(tree: Tree): (node: ts.Node) => Fact[] {
  const { ts, at } = tree;
  const from = (node: ts.Node, specifier: ts.Node, names: string[], typesOnly = false): Fact[] =>
    ts.isStringLiteralLike(specifier)
      ? [{ kind: 'import', from: specifier.text, names, typesOnly, at: at(node) }]
      : [{ kind: 'computed import', at: at(node) }];

  return (node) => {
    if (ts.isImportDeclaration(node)) {
      const { importClause: clause, moduleSpecifier } = node;
      return from(node, moduleSpecifier, importedNames(ts, clause), importsTypes(ts, clause));
    }
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      const { exportClause } = node;
      const named = exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : [];
      const names = named.map((it) => (it.propertyName ?? it.name).text);
      return from(node, node.moduleSpecifier, names, node.isTypeOnly);
    }
    if (ts.isExternalModuleReference(node)) return from(node, node.expression, []);
    if (ts.isImportTypeNode(node)) {
      const argument = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
      return from(node, argument, [], true);
    }
    if (!ts.isCallExpression(node)) return [];
    const { expression: callee, arguments: given } = node;
    const loads =
      callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
    return loads ? from(node, given[0] ?? node, []) : [];
  };
}

/** `import type { A }` and `import { type A }`: nothing is left of them when the module runs. */
function importsTypes(ts: Tree['ts'], clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  const bindings = clause.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  return clause.isTypeOnly || (!clause.name && named.length > 0 && named.every((it) => it.isTypeOnly));
}

function importedNames(ts: Tree['ts'], clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  return [
    ...(clause?.name ? ['default'] : []),
    ...(bindings && ts.isNamespaceImport(bindings) ? ['*'] : []),
    ...named.map((it) => (it.propertyName ?? it.name).text),
  ];
}
