import { LRUCache } from 'lru-cache';
import { createEngine } from '../../policies/engine/engine.ts';
import type { RunnablePolicy } from '../../policies/engine/bundle.ts';
import { readCatalog } from '../../platform/core/catalog.ts';
import type { Database } from '../../platform/database/database.ts';
import type { VersionChange } from '../../platform/versions.ts';
import type { Subscriber } from '../access/feed.ts';
import type { Logger } from '../log.ts';
import { unavailable } from '../errors.ts';
import type { ShadowMaker } from '../policy/shadow.ts';
import type { Catalog, CatalogContent } from './catalog.ts';
import { openapiAnswer } from './openapi.ts';
import { RouteTable } from './routes.ts';

const REMEMBERED_DECISIONS = 20_000;
const RETRY_MS = 1000;

export interface CatalogKeeperOptions {
  db: Database;
  /** Service key → base URL; overrides the catalog's. */
  upstreams: Record<string, string>;
  log: Logger;
}

/**
 * Holds the snapshot in force: the catalog with the policy on it. A newer catalog, another policy and another shadow
 * are each built beside it, one after the other, and swapped in whole; what cannot be used leaves it as it is.
 */
export class CatalogKeeper implements Subscriber {
  readonly #options: CatalogKeeperOptions;
  #current: Catalog | undefined;
  #policy: RunnablePolicy | undefined;
  #makeShadow: ShadowMaker | undefined;
  #loading: Promise<void> | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #wanted = 0;
  #retry: NodeJS.Timeout | undefined;
  readonly #onSwap: (() => void)[] = [];
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

  /** Calls `told` whenever another catalog or another policy is in force. */
  onSwap(told: () => void): void {
    this.#onSwap.push(told);
  }

  onChanges(changes: VersionChange[]): void {
    const versions = changes.filter(({ kind }) => kind === 'catalog').map(({ version }) => version);
    if (versions.length > 0) void this.reload(Math.max(...versions));
  }

  onReset(): void {
    void this.reload();
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

  /**
   * Puts a policy in force on the catalog there is, or on the first one that comes.
   * @throws PolicyFailure when it does not work on this catalog; the one in force stays
   */
  usePolicy(policy: RunnablePolicy): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#current) this.#swap(await this.#judged(this.#current, policy));
      this.#policy = policy;
    });
  }

  /** Puts another candidate into the shadow. @throws PolicyFailure when it does not work on this catalog */
  useShadow(make: ShadowMaker): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#current && this.#policy) {
        this.#current = { ...this.#current, shadow: await make(this.#current.data, this.#policy) };
      }
      this.#makeShadow = make;
    });
  }

  /** A change builds on what the one before it left, so that of two at the same time neither is lost. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(change);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  async #loadUntilSettled(): Promise<void> {
    for (let seen = 0; seen !== this.#wanted;) {
      seen = this.#wanted;
      await this.#inTurn(() => this.#load());
    }
  }

  async #load(): Promise<void> {
    const { db, upstreams, log } = this.#options;
    try {
      const { version, data, routes, services, manifests } = await readCatalog(db);
      if (version !== this.#current?.version) {
        const content = {
          version,
          data,
          routes: new RouteTable(routes),
          services: new Map([...Object.entries(services), ...Object.entries(upstreams)]),
          declaredHeaders: new Set(routes.flatMap((route) => route.headers)),
          openapi: openapiAnswer(manifests),
        };
        const catalog = await this.#judged(content, this.#policy!);
        this.#swap(catalog);
        const { revision } = catalog.engine;
        log.info({ catalogVersion: version, routes: routes.length, revision }, 'catalog in force');
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

  #swap(catalog: Catalog): void {
    this.#current = catalog;
    for (const told of this.#onSwap) told();
  }

  async #judged(content: CatalogContent, policy: RunnablePolicy): Promise<Catalog> {
    return {
      ...content,
      engine: await createEngine(policy, content.data),
      decisions: new LRUCache({ max: REMEMBERED_DECISIONS }),
      // A candidate that does not work here is told by its maker and missed by nobody else.
      shadow: await this.#makeShadow?.(content.data, policy).catch(() => undefined),
    };
  }
}
