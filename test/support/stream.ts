import { Pool } from 'undici';

/** One request of a stream; times are monotonic milliseconds of this process. */
export interface Asked {
  sent: number;
  answered: number;
  /** 0: no answer. */
  status: number;
}

export interface StreamOptions {
  /** Of the gateways, each asked for itself. */
  urls: string[];
  path: string;
  headers: Record<string, string>;
  everyMs: number;
}

/** The same request again and again at every gateway, at a steady rate, whether the ones before were answered or not. */
export class Stream {
  readonly #options: StreamOptions;
  readonly #pools: Pool[];
  readonly #running = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  /** What was answered, by gateway. */
  readonly asked: Asked[][];

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#pools = options.urls.map((url) => new Pool(url, { connections: null, pipelining: 1 }));
    this.asked = options.urls.map(() => []);
    this.#timer = setInterval(() => this.#askAll(), options.everyMs);
  }

  /** The status of the last request that was answered, by gateway. */
  get statuses(): number[] {
    return this.asked.map((asked) => asked.at(-1)?.status ?? 0);
  }

  /** Whether each gateway has answered a request sent after this moment, and which of these statuses the last one had. */
  allAnswer(since: number, ...statuses: number[]): boolean {
    return this.asked.every((asked) => {
      const last = asked.at(-1);
      return last !== undefined && last.sent > since && statuses.includes(last.status);
    });
  }

  /** Forgets what was asked so far. */
  clear(): void {
    for (const asked of this.asked) asked.length = 0;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }

  #askAll(): void {
    this.#pools.forEach((pool, i) => {
      const one = this.#ask(pool, this.asked[i]!).finally(() => this.#running.delete(one));
      this.#running.add(one);
    });
  }

  async #ask(pool: Pool, asked: Asked[]): Promise<void> {
    const { path, headers } = this.#options;
    const sent = performance.now();
    const status = await pool.request({ path, method: 'GET', headers }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => 0,
    );
    asked.push({ sent, answered: performance.now(), status });
  }
}

/**
 * How long after `commit` the last 2xx came to a request that was sent after it, in ms; 0 when there was none.
 * By the answer, so later than it was judged.
 */
export function lastAllow(asked: Asked[], commit: number): number {
  const allowed = asked.filter(({ sent, status }) => sent > commit && status >= 200 && status < 300);
  return Math.max(0, ...allowed.map(({ answered }) => answered - commit));
}
