import type ts from 'typescript';
import { CliError, EXIT } from '../errors.ts';

export type Parser = typeof ts;

type Load = () => Promise<{ default: Parser }>;

/** The compiler is a development dependency, and slow to load: asked for when there is something to parse. */
export async function loadParser(load: Load = () => import('typescript')): Promise<Parser> {
  const parser = await loaded(load);
  const [major] = parser.version.split('.').map(Number);
  // From 7 on the package holds no parser for programs.
  if (major === 5 || major === 6) return parser;
  const message = `TypeScript ${parser.version} cannot be used to read sources: install typescript 6 ("npm ci")`;
  throw new CliError(EXIT.precondition, message);
}

async function loaded(load: Load): Promise<Parser> {
  try {
    return (await load()).default;
  } catch (error) {
    const message =
      'reading TypeScript needs the typescript package: run "npm ci" with development dependencies';
    throw new CliError(EXIT.precondition, message, error);
  }
}
