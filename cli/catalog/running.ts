import { setTimeout } from 'node:timers/promises';
import type { Drift } from './drift.ts';

/** What the database says should run. */
export interface Served {
  version: number;
  services: Record<string, string | null>;
}

/** What was found by asking what runs; `notExamined` says what did not answer, and why that says nothing. */
export interface RunningDrift {
  drift: Drift[];
  examined: { gateways: number; backends: number };
  notExamined: string[];
}

const TIMEOUT_MS = 2000;
/** A gateway hears of a new catalog within moments. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 500;
const between = 'database and running' as const;

/** Asks the gateway for its catalog's version, and every backend whether it answers. */
export async function runningDrift(gatewayUrl: string, served: () => Promise<Served>): Promise<RunningDrift> {
  const gateway = await gatewayDrift(gatewayUrl, served);
  const { services } = await served();
  const known = Object.entries(services).filter((it): it is [string, string] => it[1] !== null);
  const backends = await Promise.all(known.map(([service, url]) => backendDrift(service, url)));
  const without = Object.keys(services).length - known.length;
  return {
    drift: [...gateway.drift, ...backends.flat()],
    examined: { gateways: gateway.answered ? 1 : 0, backends: known.length },
    notExamined: [
      ...(gateway.answered ? [] : [`no gateway answers at ${gatewayUrl} (--gateway names another)`]),
      ...(without > 0 ? [`${without} services have no address in the catalog`] : []),
    ],
  };
}

async function gatewayDrift(
  url: string,
  served: () => Promise<Served>,
): Promise<{ answered: boolean; drift: Drift[] }> {
  for (let tried = 1; ; tried += 1) {
    const state = await readiness(url);
    if (!state) return { answered: false, drift: [] };
    const { version } = await served();
    if (state.catalogVersion === version) return { answered: true, drift: [] };
    if (tried === TRIES) {
      const runs = state.catalogVersion === null ? 'no catalog' : `catalog version ${state.catalogVersion}`;
      const what = `the gateway runs ${runs}, the database holds ${version}`;
      return { answered: true, drift: [{ class: 'changed(version)', between, module: 'gateway', what }] };
    }
    await setTimeout(BETWEEN_TRIES_MS);
  }
}

async function readiness(url: string): Promise<{ catalogVersion: number | null } | undefined> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { catalogVersion } = (await response.json()) as { catalogVersion?: number | null };
    return catalogVersion === undefined ? undefined : { catalogVersion };
  } catch {
    return undefined;
  }
}

/** Any answer will do: a backend says 404 or 401 to a stranger. */
async function backendDrift(service: string, url: string): Promise<Drift[]> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return [];
  } catch {
    const module = service.split('.')[0]!;
    return [{ class: 'missing', between, module, what: `service ${service} does not answer at ${url}` }];
  }
}
