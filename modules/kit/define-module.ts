import { routesOf } from '../manifest/derive.ts';
import type { Manifest, ManifestRoute } from '../manifest/manifest.ts';
import type { Handler } from './handler.ts';
import type { Migration } from './migrate.ts';

export interface ModuleParts {
  /** Route id without the module's key (`expense.list`) → what it does. */
  handlers: Readonly<Record<string, Handler>>;
  /** In the order they run; the module's services share its schema, and the main one brings them. */
  migrations?: readonly Migration[];
  /** Which of the module's backends this is; by default the one named like the module. */
  service?: string;
}

/** A module backend: its declared routes, each with its one handler. */
export interface ModuleDefinition {
  manifest: Manifest;
  service: string;
  routes: { route: ManifestRoute; handler: Handler }[];
  migrations: readonly Migration[];
}

/**
 * Joins a manifest and its handlers; `createModuleApp` puts the five middlewares before each of them.
 * Throws when a handler is not declared or a declaration has no handler, naming all of them.
 */
export function defineModule(manifest: Manifest, parts: ModuleParts): ModuleDefinition {
  const { handlers, migrations = [], service = manifest.key } = parts;
  const handlerOf = new Map(
    Object.entries(handlers).map(([name, handler]) => [`${manifest.key}.${name}`, handler]),
  );
  const declared = routesOf(manifest).filter((route) => route.service === service);
  const routes = declared.flatMap((route) => {
    const handler = handlerOf.get(route.id);
    return handler ? [{ route, handler }] : [];
  });

  const faults = [
    ...declared
      .filter(({ id }) => !handlerOf.has(id))
      .map(({ id }) => `${id} is declared and has no handler`),
    ...[...handlerOf.keys()]
      .filter((id) => !declared.some((route) => route.id === id))
      .map((id) => `${id} has a handler and is not declared`),
    ...declared
      .filter(({ access, module, permission }) => access === 'module' && !(module && permission))
      .map(({ id }) => `${id} names no permission`),
    ...(service !== manifest.key && migrations.length > 0
      ? [`${service} brings migrations: they belong to service ${manifest.key}`]
      : []),
    ...(declared.length === 0 ? [`service ${service} has no route`] : []),
  ];
  if (faults.length > 0)
    throw new Error(`module ${manifest.key} cannot be served:\n  ${faults.join('\n  ')}`);
  return { manifest, service, routes, migrations };
}
