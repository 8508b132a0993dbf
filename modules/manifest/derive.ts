import type { Action, Manifest, ManifestRoute, OwnedEntity } from './manifest.ts';

/** A permission as the catalog knows it; `entity` is `<module>.<entity>`. */
export interface ManifestPermission {
  key: string;
  title: string;
  entity: string;
  action: Action;
}

interface RouteShape {
  name: string;
  method: string;
  action: Action;
  suffix: string;
}

/** The five routes of the contract, each with the action it needs. */
const SHAPES: readonly RouteShape[] = [
  { name: 'list', method: 'GET', action: 'view', suffix: '' },
  { name: 'get', method: 'GET', action: 'view', suffix: '/{id:uuid}' },
  { name: 'create', method: 'POST', action: 'create', suffix: '' },
  { name: 'update', method: 'PATCH', action: 'update', suffix: '/{id:uuid}' },
  { name: 'delete', method: 'DELETE', action: 'delete', suffix: '/{id:uuid}' },
];

/** Every permission the module's entities give. */
export function permissionsOf(manifest: Manifest): ManifestPermission[] {
  return manifest.owns.flatMap((owned) =>
    owned.actions.map((action) => ({
      key: `${manifest.key}.${owned.entity}.${action}`,
      title: `${capitalised(action)} ${owned.plural.replaceAll('_', ' ')}`,
      entity: `${manifest.key}.${owned.entity}`,
      action,
    })),
  );
}

/** Every route of the module: those of its entities, then the extra ones. */
export function routesOf(manifest: Manifest): ManifestRoute[] {
  const derived = manifest.owns.flatMap((owned) => entityRoutes(manifest, owned));
  const module = manifest.type === 'system' ? {} : { module: manifest.key };
  const extra = manifest.routes.map(({ service = manifest.key, ...route }) => ({
    ...route,
    service,
    ...(route.access === 'module' ? module : {}),
  }));
  return [...derived, ...extra];
}

function entityRoutes({ key }: Manifest, { entity, plural, actions }: OwnedEntity): ManifestRoute[] {
  return SHAPES.filter(({ action }) => actions.includes(action)).map(({ name, method, action, suffix }) => ({
    id: `${key}.${entity}.${name}`,
    service: key,
    method,
    path: `/api/${key}/${plural}${suffix}`,
    access: 'module',
    module: key,
    permission: `${key}.${entity}.${action}`,
    entity: `${key}.${entity}`,
    headers: [],
  }));
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
