import type ts from 'typescript';
import type { Definition, Fact, Handlers } from '../facts.ts';
import { bare, type Tree } from './nodes.ts';
import { constants } from './scope.ts';

/** Calls of `defineModule`, and what they join. */
export function definitions(tree: Tree): (node: ts.Node) => Fact[] {
  const { ts, at } = tree;
  const known = constants(tree);
  return (node) => {
    if (ts.isVariableDeclaration(node))
      return [...constantManifest(tree, node), ...constantHandlers(tree, known, node)];
    if (!ts.isCallExpression(node) || tree.path(node.expression).at(-1) !== 'defineModule') return [];
    const [manifest, given] = node.arguments;
    const parts = given && resolved(tree, known, given);
    const service = parts && property(tree, parts, 'service');
    const handlers = parts && property(tree, parts, 'handlers');
    const definition: Definition = {
      isDefaultExport: isDefaultExport(tree, node),
      manifest: manifest ? manifestOf(tree, known, manifest) : 'unknown',
      ...(service ? { service: ts.isStringLiteralLike(service) ? service.text : null } : {}),
      handlers: handlers ? handlersOf(tree, known, handlers) : [{ unknown: 'handlers', at: at(node) }],
    };
    return [{ kind: 'definition', definition, at: at(node) }];
  };
}

function constantManifest(tree: Tree, { name, initializer }: ts.VariableDeclaration): Fact[] {
  if (name.getText(tree.file) !== 'manifest' || !initializer) return [];
  const isOwn = manifestOf(tree, new Map(), initializer) === 'at its own folder';
  return [{ kind: 'manifest', isOwn, at: tree.at(name) }];
}

/** `export const routes = { 'chat.ask': … }` */
function constantHandlers(
  tree: Tree,
  known: Constants,
  { name, initializer }: ts.VariableDeclaration,
): Fact[] {
  if (!tree.ts.isIdentifier(name) || known.get(name.text) === undefined || !initializer) return [];
  const handlers = handlersOf(tree, known, initializer);
  return [{ kind: 'handlers', name: name.text, handlers, at: tree.at(name) }];
}

type Constants = Map<string, ts.Expression>;

function resolved({ ts }: Tree, known: Constants, node: ts.Expression): ts.Expression {
  const inner = bare(ts, node);
  return ts.isIdentifier(inner) ? (known.get(inner.text) ?? inner) : inner;
}

function property({ ts, file }: Tree, parts: ts.Expression, name: string): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(parts)) return undefined;
  const found = parts.properties.find((it) => it.name?.getText(file) === name);
  if (!found) return undefined;
  if (ts.isPropertyAssignment(found)) return found.initializer;
  return ts.isShorthandPropertyAssignment(found) ? found.name : undefined;
}

function isDefaultExport({ ts, file }: Tree, call: ts.CallExpression): boolean {
  return file.statements.some((statement) => {
    if (!ts.isExportAssignment(statement)) return false;
    const exported = bare(ts, statement.expression);
    const holder = call.parent;
    const named = ts.isVariableDeclaration(holder) ? holder.name.getText(file) : undefined;
    return exported === call || (ts.isIdentifier(exported) && exported.text === named);
  });
}

function manifestOf(tree: Tree, known: Constants, node: ts.Expression): Definition['manifest'] {
  const { ts, file, path } = tree;
  const it = resolved(tree, known, node);
  if (ts.isCallExpression(it)) {
    const [folder] = it.arguments;
    const isOwn =
      path(it.expression).join('.') === 'manifestAt' &&
      folder &&
      path(folder).join('.') === 'import.meta.dirname';
    return isOwn ? 'at its own folder' : 'unknown';
  }
  const imported = importOf(tree, it.getText(file));
  return imported?.name === 'manifest' ? { importedFrom: imported.from } : 'unknown';
}

/** The import that a name of the file stands for. */
function importOf({ ts, file }: Tree, name: string): { name: string; from: string } | undefined {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    const found =
      bindings && ts.isNamedImports(bindings) && bindings.elements.find((it) => it.name.text === name);
    if (found) return { name: (found.propertyName ?? found.name).text, from: statement.moduleSpecifier.text };
  }
  return undefined;
}

function handlersOf(tree: Tree, known: Constants, node: ts.Expression): Handlers[] {
  const { ts, file, at } = tree;
  const it = resolved(tree, known, node);
  const unknown = (what: ts.Node): Handlers => ({ unknown: what.getText(file), at: at(what) });
  if (ts.isCallExpression(it) && tree.path(it.expression).join('.') === 'named') {
    const entity = it.arguments[0];
    return [entity && ts.isStringLiteralLike(entity) ? { entity: entity.text, at: at(entity) } : unknown(it)];
  }
  const imported = ts.isIdentifier(it) ? importOf(tree, it.text) : undefined;
  if (imported) return [{ constant: imported.name, importedFrom: imported.from, at: at(node) }];
  if (!ts.isObjectLiteralExpression(it)) return [unknown(node)];
  return it.properties.flatMap((part): Handlers[] => {
    if (ts.isSpreadAssignment(part)) return handlersOf(tree, known, part.expression);
    const { name } = part;
    const isPlain = ts.isStringLiteralLike(name) || ts.isIdentifier(name);
    return [isPlain ? { id: name.text, at: at(name) } : unknown(part)];
  });
}
