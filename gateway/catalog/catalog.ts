import type { LRUCache } from 'lru-cache';
import type { Decision } from '../../policies/contract.ts';
import type { PolicyEngine } from '../../policies/engine/engine.ts';
import type { OpenapiAnswer } from './openapi.ts';
import type { RouteTable } from './routes.ts';

/** One immutable snapshot of what is sold and served; every request is judged by exactly one. */
export interface Catalog {
  version: number;
  routes: RouteTable;
  engine: PolicyEngine;
  /** Service key → base URL; `null` for a service without a backend yet. */
  services: Map<string, string | null>;
  /** Headers that some route declares beside the allow-list, for preflights. */
  declaredHeaders: Set<string>;
  /** Remembered decisions. Keyed by route and facts alone, never by user: policy reads nothing else. */
  decisions: LRUCache<string, Decision>;
  /** The description of the API; made when it is asked for first. */
  openapi: () => OpenapiAnswer;
}
