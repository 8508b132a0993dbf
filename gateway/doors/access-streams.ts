import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Refusal, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Step } from '../request/exchange.ts';
import type { AccessDocuments } from './access-document.ts';
import { AccessStream } from './access-stream.ts';

const LIMITS = {
  /** Streams in all, and those of one user. */
  streams: 10_000,
  ofOneUser: 32,
  heartbeatMs: 15_000,
  /** A stream is told of changes no more often. */
  paceMs: 50,
};
/** How long documents may be written while requests wait for their turn. */
const TURN_MS = 5;

/** Every open `GET /access/me/stream`. Leases say when access may be another; this writes it, a few at a time. */
export class AccessStreams {
  readonly #parts: Pick<Parts, 'catalogs' | 'accessLeaseMs'>;
  readonly #documents: AccessDocuments;
  readonly #limits: typeof LIMITS;
  readonly #streams = new Set<AccessStream>();
  readonly #byUser = new Map<string, number>();
  /** To be told, and since when, monotonic. */
  #news = new Map<AccessStream, number>();
  #isTelling = false;
  #heart: NodeJS.Timeout | undefined;

  constructor(
    parts: Pick<Parts, 'catalogs' | 'accessLeaseMs'>,
    documents: AccessDocuments,
    limits: Partial<typeof LIMITS> = {},
  ) {
    this.#parts = parts;
    this.#documents = documents;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Keeps the answer open until the client leaves or its right to it ends. */
  readonly open: Step = (exchange) => {
    if (exchange.req.method !== 'GET') throw new Refusal('not_found', 'no such route');
    const userId = exchange.userId!;
    const first = this.#documents.of(exchange.access!, exchange.catalog);
    const ofUser = this.#byUser.get(userId) ?? 0;
    const { streams, ofOneUser } = this.#limits;
    if (this.#streams.size >= streams || ofUser >= ofOneUser) throw unavailable('too many streams are open');
    return new Promise<void>((resolve, reject) => {
      const onNews = () => this.#hear(stream);
      const onEnd = () => this.#remove(stream, userId);
      const stream = new AccessStream({ exchange, onNews, onEnd, resolve, reject }, first);
      exchange.transfer = stream;
      this.#streams.add(stream);
      this.#byUser.set(userId, ofUser + 1);
      this.#heart ??= setInterval(() => this.#beat(), this.#limits.heartbeatMs).unref();
      // The connection may be gone already, and would not say so again.
      if (exchange.socket.destroyed) stream.leave();
    });
  };

  #remove(stream: AccessStream, userId: string): void {
    this.#streams.delete(stream);
    this.#news.delete(stream);
    const left = this.#byUser.get(userId)! - 1;
    if (left > 0) this.#byUser.set(userId, left);
    else this.#byUser.delete(userId);
    if (this.#streams.size > 0) return;
    clearInterval(this.#heart);
    this.#heart = undefined;
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat();
  }

  #hear(stream: AccessStream): void {
    if (!this.#news.has(stream)) this.#news.set(stream, performance.now());
    if (!this.#isTelling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    // What changed at the same time is told at once.
    await nextTurn();
    while (this.#news.size > 0) {
      const news = this.#news;
      this.#news = new Map();
      let began = performance.now();
      for (const [stream, since] of news) {
        if (this.#streams.has(stream)) this.#tell(stream, since);
        if (performance.now() - began < TURN_MS) continue;
        await nextTurn();
        began = performance.now();
      }
      await wait(this.#limits.paceMs);
    }
    this.#isTelling = false;
  }

  /** What cannot be determined is tried again for as long as a lease lasts. */
  #tell(stream: AccessStream, since: number): void {
    const { exchange } = stream;
    try {
      exchange.catalog = this.#parts.catalogs.current;
      stream.send(this.#documents.of(exchange.access!, exchange.catalog));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : unavailable('access cannot be determined', error);
      const isPatient = performance.now() - since < this.#parts.accessLeaseMs;
      if (refusal.code === 'service_unavailable' && isPatient) this.#news.set(stream, since);
      else stream.cut(refusal);
    }
  }
}
