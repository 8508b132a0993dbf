import { extname } from 'node:path';
import type ts from 'typescript';
import type { Parser } from '../../parser.ts';
import type { Fact } from '../facts.ts';
import { data } from './data.ts';
import { definitions } from './definition.ts';
import { expressions } from './expressions.ts';
import { imports } from './imports.ts';
import { treeOf } from './nodes.ts';
import { states } from './state.ts';

/** What a file says, or where it cannot be understood. */
export function readTypescript(
  parser: Parser,
  path: string,
  source: string,
): { facts: Fact[] } | { fault: { at: number; message: string } } {
  const kind = /^\.[cm]?ts$/.test(extname(path)) ? parser.ScriptKind.TS : parser.ScriptKind.TSX;
  const file = parser.createSourceFile(path, source, parser.ScriptTarget.Latest, true, kind);
  const fault = syntaxFault(parser, file);
  if (fault) return { fault };

  const tree = treeOf(parser, file);
  const imported = imports(tree);
  const looks = [expressions, data, definitions].map((look) => look(tree));
  const facts: Fact[] = [];
  const visit = (node: ts.Node): void => {
    facts.push(...imported(node));
    if (isType(parser, node)) return parser.forEachChild(node, visitType);
    for (const look of looks) facts.push(...look(node));
    parser.forEachChild(node, visit);
  };
  // A type runs nothing; it may import.
  const visitType = (node: ts.Node): void => {
    facts.push(...imported(node));
    parser.forEachChild(node, visitType);
  };
  visit(file);
  return { facts: [...facts, ...states(tree)] };
}

function isType(parser: Parser, node: ts.Node): boolean {
  if (parser.isInterfaceDeclaration(node) || parser.isTypeAliasDeclaration(node)) return true;
  return parser.isTypeNode(node) && !parser.isExpressionWithTypeArguments(node);
}

/** The parser keeps its complaints to itself, in a field that its types do not show. */
function syntaxFault(parser: Parser, file: ts.SourceFile): { at: number; message: string } | undefined {
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: ts.DiagnosticWithLocation[] };
  const [first] = parseDiagnostics;
  return first && { at: first.start, message: parser.flattenDiagnosticMessageText(first.messageText, ' ') };
}
