import { Pool } from 'undici';
import type { Logger } from '../../log.ts';
import { readCapped } from '../../request/read-capped.ts';
import { Breaker } from './breaker.ts';

const CONNECTIONS = 32;
/** Questions under way or waiting for a connection; more are refused at once. */
const MAX_PENDING = 1024;
const MAX_ANSWER_BYTES = 256 * 1024;

export interface AuthClientOptions {
  /** Base URL of Auth. */
  url: string;
  internalApiKey: string;
  /** For a whole exchange, from the question to the answer's last byte. */
  timeoutMs: number;
  log: Logger;
}

/** What Auth said, not looked at yet. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** `undefined`: too large. */
  body: string | undefined;
}

/** Asks the platform's Auth service, and stops asking while it does not answer. */
export class AuthClient {
  readonly breaker: Breaker;
  readonly #options: AuthClientOptions;
  readonly #pool: Pool;
  readonly #path: string;
  #pending = 0;
  /** Questions that Auth did not answer. */
  failures = 0;

  constructor(options: AuthClientOptions) {
    const { origin, pathname } = new URL(options.url);
    this.#options = options;
    this.#path = `${pathname.replace(/\/$/, '')}/auth/me/access`;
    this.#pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: { timeout: options.timeoutMs },
    });
    this.breaker = new Breaker({ probe: () => this.#exchange({}), onChange: (isOpen) => this.#tell(isOpen) });
  }

  /**
   * `GET /auth/me/access` in the user's name.
   * @throws Error when no whole answer came in time, Auth says that it cannot, or it is not asked at present
   */
  async access(companyId: string, bearer: string): Promise<Reply> {
    if (this.#pending >= MAX_PENDING) throw new Error('too many questions wait for Auth');
    this.#pending += 1;
    try {
      return await this.breaker.run(() =>
        this.#exchange({ authorization: `Bearer ${bearer}`, 'x-org': companyId }),
      );
    } finally {
      this.#pending -= 1;
    }
  }

  async close(): Promise<void> {
    this.breaker.stop();
    await this.#pool.destroy();
  }

  /**
   * Whatever Auth answers for itself shows that it is well: a bad token, no membership, a company id it does not like.
   * Otherwise one user with a strange answer could close the way for all. Redirects are answers, and not followed.
   */
  async #exchange(headers: Record<string, string>): Promise<Reply> {
    try {
      const answer = await this.#pool.request({
        method: 'GET',
        path: this.#path,
        signal: AbortSignal.timeout(this.#options.timeoutMs),
        headers: {
          accept: 'application/json',
          'cache-control': 'no-store',
          'x-internal-api-key': this.#options.internalApiKey,
          ...headers,
        },
      });
      const { statusCode: status } = answer;
      const body = await readCapped(answer.body, MAX_ANSWER_BYTES);
      if (status === 429 || status >= 500) throw new Error(`Auth answered ${status}`);
      return { status, headers: answer.headers, body };
    } catch (error) {
      this.failures += 1;
      throw error;
    }
  }

  #tell(isOpen: boolean): void {
    const { log } = this.#options;
    if (isOpen) log.error('Auth does not answer: access is refused until it does');
    else log.info('Auth answers again');
  }
}
