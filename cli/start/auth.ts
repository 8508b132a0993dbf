import { createEngine, type PolicyEngine } from '../../policies/engine/engine.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import {
  createAuthService,
  listenAuthService,
  type RunningAuthService,
} from '../../platform/auth/service/service.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Logger } from '../../gateway/log.ts';
import type { Platform } from '../operations/platform.ts';
import { CliError, EXIT } from '../errors.ts';

export interface LocalAuthOptions extends Platform {
  /** Its own address; port 0 takes a free one. */
  url: string;
  internalApiKey: string;
  log: Logger;
}

/** The local Auth service on its own listener. */
export async function startAuth(options: LocalAuthOptions): Promise<RunningAuthService> {
  const { log } = options;
  const app = createAuthService({
    ...options,
    engine: currentEngine(options),
    onError: (err) => log.error({ err }, 'auth could not answer'),
  });
  const { hostname: host, port } = new URL(options.url);
  try {
    return await listenAuthService(app, { host, port: Number(port) });
  } catch (cause) {
    throw new CliError(
      EXIT.outside,
      `port ${port} is taken: stop what uses it, or set AUTH_URL to another`,
      cause,
    );
  }
}

/** The policy on the catalog of the moment; a new engine only when the catalog changed. */
function currentEngine({ db }: Pick<Platform, 'db'>): () => Promise<PolicyEngine> {
  let known: { version: number; engine: Promise<PolicyEngine> } | undefined;
  return async () => {
    const { version, data } = await readCatalog(db);
    if (known?.version !== version) {
      known = { version, engine: loadBundle().then((bundle) => createEngine(bundle, data)) };
    }
    return known.engine;
  };
}
