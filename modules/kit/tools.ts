import { permissionsOf } from '../manifest/derive.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type BaseConnection, readPaths } from './base.ts';
import type { ModuleDefinition } from './define-module.ts';
import type { Tools } from './handler.ts';
import type { ModuleHost } from './host.ts';
import { sentencesOf } from './migrate.ts';
import { serviceToken } from './service-token.ts';
import { createStore } from './store.ts';

const HEARTBEAT_MS = 15_000;

/** What every request of a module is given, from what the module is and what it stands on. */
export function toolsOf({ manifest, migrations }: ModuleDefinition, host: ModuleHost): Tools {
  return {
    store: createStore(host.db, manifest.key, sentencesOf(migrations)),
    base: baseConnection(manifest, host),
    permissions: new Set(permissionsOf(manifest).map(({ key }) => key)),
    heartbeatMs: host.heartbeatMs ?? HEARTBEAT_MS,
  };
}

function baseConnection(manifest: Manifest, host: ModuleHost): BaseConnection | undefined {
  const { auth, gatewayUrl, moduleSecret } = host;
  if (!auth || !gatewayUrl || !moduleSecret) return undefined;
  return {
    gatewayUrl,
    token: serviceToken(auth.url, manifest.key, moduleSecret),
    paths: readPaths(manifest),
  };
}
