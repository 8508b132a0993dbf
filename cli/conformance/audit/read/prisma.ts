import { tableName, type Fact } from '../facts.ts';

/** The models of a Prisma schema. */
export function prismaFacts(source: string): Fact[] {
  const code = source.replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
  return [...code.matchAll(/^\s*model\s+(\w+)\s*\{/gm)].map(({ 1: name = '', index: at, 0: match }) => ({
    kind: 'model',
    name: tableName(name),
    at: at + match.indexOf('model'),
  }));
}
