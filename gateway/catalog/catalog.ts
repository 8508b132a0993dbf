import type { LRUCache } from 'lru-cache';
import type { CatalogData, Decision } from '../../policies/contract.ts';
import type { PolicyEngine } from '../../policies/engine/engine.ts';
import type { Shadow } from '../policy/shadow.ts';
import type { OpenapiAnswer } from './openapi.ts';
import type { RouteTable } from './routes.ts';

/** What the database says is sold and served. */
export interface CatalogContent {
  version: number;
  /** For policy. */
  data: CatalogData;
  routes: RouteTable;
  /** Service key → base URL; `null` for a service without a backend yet. */
  services: Map<string, string | null>;
  /** Headers that some route declares beside the allow-list, for preflights. */
  declaredHeaders: Set<string>;
  /** The description of the API; made when it is asked for first. */
  openapi: () => OpenapiAnswer;
}

/** One immutable snapshot of what is sold and served, and of the policy on it; every request is judged by exactly one. */
export interface Catalog extends CatalogContent {
  engine: PolicyEngine;
  /** Remembered decisions. Keyed by route and facts alone, never by user: policy reads nothing else. */
  decisions: LRUCache<string, Decision>;
  /** The candidate that looks on; absent when there is none. */
  shadow: Shadow | undefined;
}
