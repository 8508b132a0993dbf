import type { ServerResponse } from 'node:http';
import type { Parts } from './parts.ts';

interface Check {
  status: 'ok' | 'degraded' | 'failed';
  message?: string;
}

/** Whether this process should get traffic, and every dependency by name. */
export interface Readiness {
  status: 'ready' | 'degraded' | 'not_ready';
  /** `access`: with `ACCESS_SOURCE=auth`. */
  checks: { database: Check; policy: Check; catalog: Check; jwks: Check; access?: Check };
  revision: string | null;
  catalogVersion: number | null;
}

/** No database, policy or key at all: not ready. Old keys or an old catalog in force: ready, and it says degraded. */
export function readiness({ feed, catalogs, policies, keys, auth, lifecycle }: Parts): Readiness {
  const { loaded, failure } = catalogs;
  const checks = {
    database: check(feed.proven, undefined, 'version changes are not heard'),
    policy: policyCheck(loaded, policies),
    catalog: check(loaded, failure, 'no catalog was loaded'),
    jwks: check(keys.size > 0, keys.failure, 'no key of Auth is known'),
    ...(auth && { access: check(!auth.breaker.isOpen, undefined, 'Auth does not answer') }),
  };
  const states = Object.values(checks).map(({ status }) => status);
  const ready = !lifecycle.draining && !states.includes('failed');
  return {
    status: !ready ? 'not_ready' : states.includes('degraded') ? 'degraded' : 'ready',
    checks,
    revision: loaded ? catalogs.current.engine.revision : null,
    catalogVersion: loaded ? catalogs.current.version : null,
  };
}

function policyCheck(loaded: boolean, { isCurrent, isPinned, failure }: Parts['policies']): Check {
  if (!isCurrent) return { status: 'failed', message: 'the policy was not confirmed for too long' };
  const known = check(loaded, failure, 'no policy is in force');
  if (known.status === 'ok' && isPinned) return { status: 'degraded', message: 'rolled back by an operator' };
  return known;
}

function check(usable: boolean, failure: Error | undefined, missing: string): Check {
  if (!usable) return { status: 'failed', message: missing };
  if (failure)
    return { status: 'degraded', message: 'the newest could not be had; the last good one is in force' };
  return { status: 'ok' };
}

export function answerHealth(res: ServerResponse): void {
  answerJson(res, 200, { status: 'alive' });
}

export function answerReadiness(res: ServerResponse, state: Readiness): void {
  answerJson(res, state.status === 'not_ready' ? 503 : 200, state);
}

export function answerJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}
