import type { Knex } from 'knex';
import type { JsonSchema } from '../manifest/fields.ts';
import { type Base, type BaseConnection, baseOf } from './base.ts';
import { type KitContext, required } from './state.ts';
import type { Store } from './store.ts';

/** What a handler answers. Without `data`: 204. */
export interface Answer {
  status?: number;
  data?: unknown;
  page?: { next: string | null };
  location?: string;
}

/** What a module does on one route, after the whole chain has passed. */
export interface Handler {
  /** Of the JSON body; absent: none is read. */
  body?: JsonSchema;
  /** Of the query, an object of text; what it does not declare is ignored. */
  query?: JsonSchema;
  handle(request: ModuleRequest): Answer | Promise<Answer>;
}

/** What a module app gives every request. */
export interface Tools {
  store: Store;
  base: BaseConnection | undefined;
}

/** A request as a handler sees it: judged, typed, and bound to one company. */
export class ModuleRequest {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly #ctx: KitContext;
  readonly #tools: Tools;

  constructor(ctx: KitContext, tools: Tools, input: Pick<ModuleRequest, 'params' | 'query' | 'body'>) {
    this.path = ctx.path;
    this.params = input.params;
    this.query = input.query;
    this.body = input.body;
    this.#ctx = ctx;
    this.#tools = tools;
  }

  /** Lower-case UUID. Throws on a public route: nobody is known there. */
  get userId(): string {
    return required(this.#ctx, 'identity').userId;
  }

  /** Lower-case UUID. Throws on a route without a company. */
  get company(): string {
    return required(this.#ctx, 'company');
  }

  /** Other modules' shared entities. Not inside a transaction. */
  get base(): Base {
    return baseOf(this.#tools.base, required(this.#ctx, 'identity'), this.company);
  }

  /** The module's own data, for this request's company alone. */
  transaction<T>(work: (tx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#tools.store.transaction(this.company, work);
  }
}
