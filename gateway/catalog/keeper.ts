import { LRUCache } from 'lru-cache';
import { createEngine } from '../../policies/engine/engine.ts';
import type { Bundle } from '../../policies/engine/bundle.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Logger } from '../log.ts';
import { unavailable } from '../errors.ts';
import type { Catalog } from './catalog.ts';
import { openapiAnswer } from './openapi.ts';
import { RouteTable } from './routes.ts';

const REMEMBERED_DECISIONS = 20_000;
const RETRY_MS = 1000;

export interface CatalogKeeperOptions {
  db: Database;
  bundle: Bundle;
  /** Service key → base URL; overrides the catalog's. */
  upstreams: Record<string, string>;
  log: Logger;
}

/** Holds the catalog in force, and keeps the last good one when a newer one cannot be used. */
export class CatalogKeeper {
  readonly #options: CatalogKeeperOptions;
  #current: Catalog | undefined;
  #loading: Promise<void> | undefined;
  #wanted = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Why the newest catalog is not in force; for `/readyz`. */
  failure: Error | undefined;

  constructor(options: CatalogKeeperOptions) {
    this.#options = options;
  }

  /** @throws Refusal 503 while no catalog was ever loaded */
  get current(): Catalog {
    if (!this.#current) throw unavailable('the catalog is not loaded yet');
    return this.#current;
  }

  get loaded(): boolean {
    return this.#current !== undefined;
  }

  /**
   * Loads the newest catalog, unless the one in force is at least at `version`, and swaps it in whole. Never throws;
   * a call during a load makes it run once more.
   */
  async reload(version = Infinity): Promise<void> {
    if (this.#current && this.#current.version >= version) return;
    this.#wanted += 1;
    this.#loading ??= this.#loadUntilSettled().finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  async #loadUntilSettled(): Promise<void> {
    for (let seen = 0; seen !== this.#wanted;) {
      seen = this.#wanted;
      await this.#load();
    }
  }

  async #load(): Promise<void> {
    const { db, bundle, upstreams, log } = this.#options;
    try {
      const { version, data, routes, services, manifests } = await readCatalog(db);
      if (version !== this.#current?.version) {
        this.#current = {
          version,
          routes: new RouteTable(routes),
          engine: await createEngine(bundle, data),
          services: new Map([...Object.entries(services), ...Object.entries(upstreams)]),
          declaredHeaders: new Set(routes.flatMap((route) => route.headers)),
          decisions: new LRUCache({ max: REMEMBERED_DECISIONS }),
          openapi: openapiAnswer(manifests),
        };
        log.info(
          { catalogVersion: version, routes: routes.length, revision: bundle.revision },
          'catalog in force',
        );
      }
      this.failure = undefined;
    } catch (error) {
      if (String(error) !== String(this.failure)) {
        log.error(
          { err: error, catalogVersion: this.#current?.version },
          'catalog refused, the last good one stays',
        );
      }
      this.failure = error as Error;
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => void this.reload(), RETRY_MS).unref();
    }
  }
}
