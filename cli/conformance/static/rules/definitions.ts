import { posix } from 'node:path';
import { routesOf } from '../../../../modules/manifest/derive.ts';
import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import type { Definition, FactOf, Handlers } from '../facts.ts';
import { codeOf, inCode } from '../rule.ts';
import type { Located, ModuleSource } from '../source.ts';

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

/** `index.ts`, and `chat/index.ts` for the service `ai.chat`. */
export function fileOf({ key }: Manifest, service: string): string {
  return service === key ? 'index.ts' : `${service.slice(key.length + 1)}/index.ts`;
}

function misplaced(module: ModuleSource, file: string, definition: Definition): string[] {
  const { manifest: given, service = module.key, isDefaultExport } = definition;
  const { manifest } = module;
  if (!manifest) return [];
  const expected = service === null ? undefined : manifest.services.find((known) => known === service);
  const own =
    given === 'at its own folder'
      ? file === 'index.ts'
      : given !== 'unknown' && posix.join(posix.dirname(file), given.importedFrom) === 'manifest.ts';
  return [
    ...(own ? [] : ["is not given the folder's own manifest as it stands"]),
    ...(service === null ? ['names its service by something other than a literal'] : []),
    ...(service !== null && expected === undefined
      ? [`names service ${service}, which spec.services does not list`]
      : []),
    ...(expected !== undefined && file !== fileOf(manifest, expected)
      ? [`defines ${expected}, which belongs in ${fileOf(manifest, expected)}`]
      : []),
    ...(isDefaultExport ? [] : ['is not the default export']),
  ];
}

export function handlerFaults(module: ModuleSource): Located[] {
  const { manifest } = module;
  if (!manifest) return [];
  return definitionsOf(module).flatMap(({ file, at, definition }) => {
    const service = definition.service ?? manifest.key;
    const declared = routesOf(manifest)
      .filter((route) => route.service === service)
      .map(({ id }) => id.slice(manifest.key.length + 1));
    const handlers = handlersOf(module, file, definition.handlers);
    const wrong = handlers.flatMap((it): Located[] => {
      const place = { file: it.file, at: it.at };
      if ('unknown' in it)
        return [{ ...place, message: `${it.unknown} holds handlers that only a run can tell` }];
      const isDeclared = declared.some((id) => ('id' in it ? id === it.id : id.startsWith(`${it.entity}.`)));
      return isDeclared
        ? []
        : [{ ...place, message: `${'id' in it ? it.id : it.entity} is declared by no route of ${service}` }];
    });
    // What is unknown may hold them.
    const missing = handlers.some((it) => 'unknown' in it)
      ? []
      : declared.filter(
          (id) =>
            !handlers.some((it) =>
              'id' in it ? it.id === id : 'entity' in it && id.startsWith(`${it.entity}.`),
            ),
        );
    return [
      ...wrong,
      ...missing.map((id) => ({ file, at, message: `${id} is declared and has no handler` })),
    ];
  });
}

/** Each `defineModule`, where it stands and what it is given. */
export function definitionFaults(module: ModuleSource): Located[] {
  const found = definitionsOf(module);
  const services = found.map(({ definition }) => definition.service ?? module.key);
  return [
    ...found.flatMap(({ file, at, definition }) =>
      misplaced(module, file, definition).map((message) => ({
        file,
        at,
        message: `defineModule ${message}`,
      })),
    ),
    ...found.flatMap(({ file, at }, index) =>
      services.indexOf(services[index]!) < index
        ? [{ file, at, message: `defines ${services[index]} again` }]
        : [],
    ),
    ...inCode('manifest', ({ isOwn }) =>
      isOwn ? undefined : 'manifest is not manifestAt(import.meta.dirname)',
    )(module),
    ...foreignManifests(module),
  ];
}

/** `manifestAt` of any folder but its own. */
function foreignManifests(module: ModuleSource): Located[] {
  return codeOf(module).flatMap(({ path: file, facts }) =>
    facts.flatMap((fact) => {
      if (fact.kind !== 'call' || fact.path.at(-1) !== 'manifestAt') return [];
      const own =
        fact.names.map((name) => name.join('.')).join() === 'import.meta.dirname' && !file.includes('/');
      return own ? [] : [{ file, at: fact.at, message: 'manifestAt is given another folder' }];
    }),
  );
}
