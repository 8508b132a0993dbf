import type { Knex } from 'knex';
import type { JsonSchema } from '../manifest/fields.ts';
import { type Base, type BaseConnection, baseOf } from './base.ts';
import { invalid } from './errors.ts';
import type { ServerEvent } from './events.ts';
import { sent } from './headers.ts';
import type { Units } from './scope.ts';
import { type KitContext, required } from './state.ts';
import type { Store } from './store.ts';

/** What a handler answers: `data` in the envelope, or `plain`, or `events`; without any of them: 204. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  data?: unknown;
  page?: { next: string | null };
  /** JSON without the envelope, for a protocol that has its own. */
  plain?: object;
  /** A stream. What fails before the handler returns it is an ordinary error; after that, a last event `error`. */
  events?: AsyncIterable<ServerEvent>;
}

/** Headers that any route may read; the gateway lets them pass. */
const READABLE = /^(?:last-event-id|mcp-[a-z-]+)$/;

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
  /** All that the manifest gives. */
  permissions: ReadonlySet<string>;
  heartbeatMs: number;
}

type Input = Pick<ModuleRequest, 'params' | 'query' | 'body' | 'signal'>;

/** A request as a handler sees it: judged, typed, and bound to one company. */
export class ModuleRequest {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Aborts when the client goes away before its answer is whole. */
  readonly signal: AbortSignal;
  readonly #ctx: KitContext;
  readonly #tools: Tools;

  constructor(ctx: KitContext, tools: Tools, input: Input) {
    this.path = ctx.path;
    this.params = input.params;
    this.query = input.query;
    this.body = input.body;
    this.signal = input.signal;
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

  /**
   * The business units the user is limited to in this company; null: not limited. Rows of entities with `scope: unit` are
   * kept within it wherever they are read or written in `transaction`; for anything else a handler sees to it.
   */
  get units(): Units {
    return required(this.#ctx, 'access').units;
  }

  /**
   * Whether the user holds a permission of this module in this company, by the access context: for a route that shows
   * more or less of it. Throws for one that the manifest does not give.
   */
  may(permission: string): boolean {
    if (!this.#tools.permissions.has(permission)) throw new Error(`no entity gives permission ${permission}`);
    return required(this.#ctx, 'access').permissions.has(permission);
  }

  /** A header the client sent, one of the route's or `last-event-id`, `mcp-*`. Throws when it was sent twice. */
  header(name: string): string | undefined {
    const { headers } = required(this.#ctx, 'route');
    if (!READABLE.test(name) && !headers.includes(name))
      throw new Error(`${name} is not declared (spec.routes: headers)`);
    const [value, ...more] = sent(this.#ctx.req, name);
    if (more.length > 0) throw invalid(`${name} was sent more than once`);
    return value;
  }

  /** Which of these media types the client would rather have; `undefined`: none of them. */
  preferred(...types: string[]): string | undefined {
    return this.#ctx.accepts(...types) || undefined;
  }

  /** The same request with another query: for a handler that stands behind another one. */
  withQuery(query: Record<string, unknown>): ModuleRequest {
    return new ModuleRequest(this.#ctx, this.#tools, { ...this, query });
  }

  /** Other modules' shared entities. Not inside a transaction. */
  get base(): Base {
    return baseOf(this.#tools.base, required(this.#ctx, 'identity'), this.company);
  }

  /** The module's own data, for this request's company alone, and of it what is within the user's business units. */
  transaction<T>(work: (tx: Knex.Transaction) => Promise<T>): Promise<T> {
    const { company, units } = this;
    return this.#tools.store.transaction({ company, units }, work);
  }
}
