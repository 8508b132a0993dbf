import { posix } from 'node:path';
import type { Definition, FactOf, Handlers } from '../facts.ts';
import { codeOf } from '../rule.ts';
import type { ModuleSource } from '../source.ts';

/** Every `defineModule` of a module's code. */
export function definitionsOf(module: ModuleSource): { file: string; at: number; definition: Definition }[] {
  return codeOf(module).flatMap(({ path: file, facts }) =>
    facts.flatMap((fact) =>
      fact.kind === 'definition' ? [{ file, at: fact.at, definition: fact.definition }] : [],
    ),
  );
}

type Resolved = Exclude<Handlers, { constant: string }> & { file: string };

/** Constants of the module's other files are followed; one that holds no handlers is not known. */
export function handlersOf(module: ModuleSource, file: string, handlers: Handlers[], depth = 0): Resolved[] {
  return handlers.flatMap((it): Resolved[] => {
    if (!('constant' in it)) return [{ ...it, file }];
    const other = posix.join(posix.dirname(file), it.importedFrom);
    const found = module.sources
      .find(({ path }) => path === other)
      ?.facts.find(
        (fact): fact is FactOf<'handlers'> => fact.kind === 'handlers' && fact.name === it.constant,
      );
    if (!found || depth > 5) return [{ unknown: it.constant, at: it.at, file }];
    return handlersOf(module, other, found.handlers, depth + 1);
  });
}
