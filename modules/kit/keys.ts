import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { ask } from './ask.ts';
import { unavailable } from './errors.ts';

const COOL_DOWN_MS = 1000;
const MAX_AGE_MS = 5 * 60_000;

/**
 * Public keys by their address. Keys in hand survive an outage and are never replaced by an empty or broken document;
 * a key id that is not known yet is looked for once for all who ask. Throws `service_unavailable` only without any key.
 */
export function remoteKeys(url: string): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  let fetchedAt = -Infinity;
  let triedAt = -Infinity;
  let failure: unknown;
  let fetching: Promise<void> | undefined;

  const adopt = async (): Promise<void> => {
    const { status, body } = await ask(url);
    if (status !== 200 || !isKeySet(body)) throw unavailable(`${url} holds no keys (status ${status})`);
    keys = createLocalJWKSet(body);
    fetchedAt = performance.now();
  };
  const refresh = async (): Promise<void> => {
    if (!fetching && performance.now() - triedAt < COOL_DOWN_MS) return;
    triedAt = performance.now();
    fetching ??= adopt()
      .catch((error: unknown) => void (failure = error))
      .finally(() => void (fetching = undefined));
    await fetching;
  };
  const find: JWTVerifyGetKey = (header, token) => {
    if (!keys) throw unavailable(`no keys from ${url} yet`, failure);
    return keys(header, token);
  };

  return async (header, token) => {
    if (performance.now() - fetchedAt > MAX_AGE_MS) await refresh();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return find(header, token);
    }
  };
}

/** Keys in hand, or those at an address. */
export function keysFrom(source: JSONWebKeySet | string): JWTVerifyGetKey {
  return typeof source === 'string' ? remoteKeys(source) : createLocalJWKSet(source);
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  const keys = (value as { keys?: unknown } | undefined | null)?.keys;
  return (
    Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === 'object' && key !== null)
  );
}
