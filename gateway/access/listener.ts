import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Database } from '../../platform/database/database.ts';
import type { Logger } from '../log.ts';

/** What the database tells when a version rose; see migration 0007. */
const CHANNEL = 'kisum_versions';
/** How long a notification to oneself may take, and how long until the next one. */
const ANSWER_MS = 500;
const REST_MS = 500;
/** Between two attempts to listen; doubled with each that fails. */
const RETRY_MS = { first: 100, last: 10_000 };

export interface ListenerOptions {
  /** A direct connection: a pooler may swallow notifications. */
  url: string;
  /** Another way to the database, by which the listener is told something: so the whole path is proved. */
  db: Database;
  timeoutMs: number;
  log: Logger;
  /** Some version rose. */
  onNotice: () => void;
  /** Notices may have been lost. */
  onLost: () => void;
}

/**
 * Hears at once that versions rose. It is only there for speed: what is true is polled. A connection that looks well
 * and hears nothing is found by a notification to oneself, sent on another connection.
 */
export class Listener {
  readonly #options: ListenerOptions;
  /** Of this listener alone. */
  readonly #pulse = `kisum_pulse_${randomBytes(8).toString('hex')}`;
  #client: Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #sent = 0;
  #heard = 0;
  #retryMs = RETRY_MS.first;
  #stopped = false;
  #told = false;
  /** Whether notifications arrive: one sent to oneself came back. */
  alive = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Connects, and again and again until stopped. Never throws. */
  async start(): Promise<void> {
    const { url, timeoutMs } = this.#options;
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      keepAlive: true,
      application_name: 'kisum listener',
    });
    this.#client = client;
    client.on('notification', ({ channel, payload }) => this.#hear(channel, payload));
    client.on('error', (error) => this.#lose(client, error));
    client.on('end', () => this.#lose(client, new Error('the database ended the connection')));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      await client.query(`listen ${this.#pulse}`);
      void this.#watch(client);
    } catch (error) {
      this.#lose(client, error as Error);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  #hear(channel: string, payload = ''): void {
    if (channel === CHANNEL) return this.#options.onNotice();
    this.#heard = Number(payload);
    if (this.alive) return;
    this.alive = true;
    this.#retryMs = RETRY_MS.first;
    this.#options.log.info('version changes are notified');
    // What rose before this connection could hear was told to nobody.
    this.#options.onNotice();
  }

  /** Asks for a sign of life, again and again. That the question cannot be sent is not this connection's fault. */
  async #watch(client: Client): Promise<void> {
    const { db } = this.#options;
    while (client === this.#client) {
      const beat = (this.#sent += 1);
      const isSent = await db.raw('select pg_notify(?, ?)', [this.#pulse, String(beat)]).then(
        () => true,
        () => false,
      );
      await pause(ANSWER_MS, undefined, { ref: false });
      if (isSent && this.#heard < beat)
        this.#lose(client, new Error('a notification to itself did not come back'));
      else await pause(REST_MS, undefined, { ref: false });
    }
  }

  #lose(client: Client, error: Error): void {
    if (client !== this.#client) return;
    const { log, onLost } = this.#options;
    const wasAlive = this.alive;
    this.#drop();
    if (this.#stopped) return;
    this.#retry = setTimeout(() => void this.start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.last);
    if (wasAlive) onLost();
    if (wasAlive || !this.#told)
      log.warn({ err: error }, 'version changes are not notified; they are polled');
    this.#told = true;
  }

  #drop(): void {
    clearTimeout(this.#retry);
    this.alive = false;
    const client = this.#client;
    this.#client = undefined;
    // A half-open connection would never end by itself.
    client?.connection.stream.destroy();
  }
}
