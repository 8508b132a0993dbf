import { Pool } from 'undici';
import { unavailable } from '../errors.ts';

/** Requests waiting for one backend; more are refused at once, so that a stuck module slows nobody else. */
const MAX_PENDING = 1024;
/** Between two pieces of a body: long, because an event stream may be quiet. */
const BODY_IDLE_MS = 300_000;

export interface Upstream {
  origin: string;
  /** Path of the base URL without a trailing slash; usually empty. */
  prefix: string;
  pool: Pool;
  /** Requests sent whose answer has not begun. */
  pending: number;
}

/** One keep-alive pool per backend origin, made when first needed. */
export class Upstreams {
  readonly #byUrl = new Map<string, Upstream>();
  readonly #timeoutMs: number;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** @throws Refusal 503 for a service without a backend, or one with too much waiting */
  get(baseUrl: string | null | undefined): Upstream {
    if (!baseUrl) throw unavailable('the module has no backend yet');
    const upstream = this.#byUrl.get(baseUrl) ?? this.#open(baseUrl);
    if (upstream.pending >= MAX_PENDING) throw unavailable('too many requests are waiting for the module');
    return upstream;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byUrl.values()].map(({ pool }) => pool.destroy()));
  }

  #open(baseUrl: string): Upstream {
    const { origin, pathname } = new URL(baseUrl);
    const pool = new Pool(origin, {
      pipelining: 1,
      connect: { timeout: this.#timeoutMs },
      headersTimeout: this.#timeoutMs,
      bodyTimeout: BODY_IDLE_MS,
    });
    const upstream = { origin, prefix: pathname.replace(/\/$/, ''), pool, pending: 0 };
    this.#byUrl.set(baseUrl, upstream);
    return upstream;
  }
}
