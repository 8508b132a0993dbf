/** What a user may do, live from the gateway, for frontends of any kind: no framework, no dependency. */
import type { Remedy } from '../../policies/contract.ts';
import { documentIn, endIn, type AccessDocument, type AccessEnd } from './document.ts';
import { readEvents } from './events.ts';
import type { Module, Permission } from './permissions.ts';

export type { AccessDocument, AccessEnd } from './document.ts';
export type { Module, Permission } from './permissions.ts';

/**
 * `unknown`: nothing is known, so nothing is allowed. `live`: as it is now. `stale`: the connection is lost and made
 * again; what was known last still holds for a while. `ended`: there is no access, and `end` says why.
 */
export type AccessState = 'unknown' | 'live' | 'stale' | 'ended';

export interface AccessOptions {
  /** The gateway. */
  url: string;
  /** Gives a token of the user; asked again for every connection. */
  token: () => string | Promise<string>;
  /** Id of the active company. */
  company: string;
  /** How long what was known last holds without a connection, ms (default: 30,000). */
  staleMs?: number;
  /** First wait before a connection is made again, ms (default: 500); it doubles up to half a minute. */
  retryMs?: number;
  /** A connection on which nothing came for so long is dead, ms (default: 40,000; the gateway beats every 15,000). */
  silenceMs?: number;
}

/** Never throws, and allows nothing that it does not know. What it says is for showing: the gateway judges. */
export interface Access {
  readonly state: AccessState;
  /** Everything, as the gateway said it last; absent while nothing is known. */
  readonly document: AccessDocument | undefined;
  /** Why there is no access; absent unless the state is `ended`. */
  readonly end: AccessEnd | undefined;
  can(action: Permission): boolean;
  enters(module: Module): boolean;
  /** Why not, and what would change it. Empty where it is allowed, and while nothing is known. */
  why(what: Permission | Module): { reasons: readonly string[]; remedies: readonly Remedy[] };
  /** Calls `told` at every change of any of the above. Returns what ends that. */
  subscribe(told: () => void): () => void;
  /** Ends the connection; nothing is known from then on. */
  close(): void;
}

const LONGEST_WAIT_MS = 30_000;
/** Tokens refused one after the other until it is taken for a final answer. */
const MOST_REFUSED = 2;

/** Connects, and stays connected until it is closed or the gateway says that there is no access. */
export function createAccess(options: AccessOptions): Access {
  return new LiveAccess(options);
}

/** There is no access, and asking again the same way would not change that. */
class Ended extends Error {
  readonly end: AccessEnd;

  constructor(end: AccessEnd) {
    super(end.message);
    this.end = end;
  }
}

class LiveAccess implements Access {
  readonly #options: Required<AccessOptions>;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #state: AccessState = 'unknown';
  #document: AccessDocument | undefined;
  #end: AccessEnd | undefined;
  /** Tag of the document. */
  #tag = '';
  #refused = 0;
  #failures = 0;
  #staleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AccessOptions) {
    this.#options = { staleMs: 30_000, retryMs: 500, silenceMs: 40_000, ...options };
    void this.#stayConnected();
  }

  get state(): AccessState {
    return this.#state;
  }

  get document(): AccessDocument | undefined {
    return this.#document;
  }

  get end(): AccessEnd | undefined {
    return this.#end;
  }

  can(action: Permission): boolean {
    return known(this.#document?.actions, action)?.allow === true;
  }

  enters(module: Module): boolean {
    return known(this.#document?.modules, module)?.allow === true;
  }

  why(what: Permission | Module): ReturnType<Access['why']> {
    const { actions, modules } = this.#document ?? {};
    const { reasons, remedies } = known(actions, what) ?? known(modules, what) ?? NOTHING;
    return { reasons, remedies };
  }

  subscribe(told: () => void): () => void {
    this.#listeners.add(told);
    return () => void this.#listeners.delete(told);
  }

  close(): void {
    this.#closing.abort();
    this.#know('unknown');
    this.#listeners.clear();
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#connect();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Ended) return this.#know('ended', { end: error.end });
      }
      if (signal.aborted) return;
      if (this.#state === 'live') this.#know('stale');
      this.#failures += 1;
      await pause(waitAfter(this.#failures, this.#options.retryMs), signal);
    }
  }

  /** One connection, from the request to its end. @throws whatever ended it */
  async #connect(): Promise<void> {
    const { url, token, company, silenceMs } = this.#options;
    const silence = new Silence(silenceMs, this.#closing.signal);
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/access/me/stream`, {
        headers: {
          authorization: `Bearer ${await token()}`,
          'x-org': company,
          ...(this.#tag && { 'last-event-id': this.#tag }),
        },
        signal: silence.signal,
      });
      if (!response.ok || !response.body) return this.#refuse(response.status, await response.text());
      if (response.headers.get('etag') === this.#tag) this.#know('live');
      const events = readEvents(response.body, () => silence.broken());
      for await (const { id, event, data } of events) this.#take(id, event, data);
    } finally {
      silence.over();
    }
  }

  #take(id: string, event: string, data: string): void {
    if (event === 'access') {
      const document = documentIn(data, this.#options.company);
      this.#tag = id;
      this.#know('live', { document });
    } else if (event === 'end') {
      const end = endIn(data, 'service_unavailable');
      this.#refuse(STATUS[end.code] ?? 503, data);
    }
  }

  /** @throws Ended where asking again would not help; a token is asked for once more before that */
  #refuse(status: number, text: string): void {
    if (status === 401) this.#refused += 1;
    const isFinal = status === 401 ? this.#refused >= MOST_REFUSED : FINAL.includes(status);
    if (isFinal) throw new Ended(endIn(text, `status_${status}`));
  }

  #know(state: AccessState, { document, end }: { document?: AccessDocument; end?: AccessEnd } = {}): void {
    if (state === 'live') this.#refused = this.#failures = 0;
    if (state === 'unknown' || state === 'ended') {
      this.#document = undefined;
      this.#tag = '';
    }
    if (document) this.#document = document;
    this.#end = end;
    this.#state = state;
    clearTimeout(this.#staleTimer);
    if (state === 'stale') this.#staleTimer = setTimeout(() => this.#know('unknown'), this.#options.staleMs);
    for (const told of [...this.#listeners]) tell(told);
  }
}

const NOTHING = { allow: false, reasons: [], remedies: [] } as const;
const STATUS: Record<string, number> = { unauthorized: 401, forbidden: 403 };
/** A bad request, no membership, no such endpoint: the same again is no better. */
const FINAL = [400, 403, 404];

function known<T>(of: Record<string, T> | undefined, key: string): T | undefined {
  return of && Object.hasOwn(of, key) ? of[key] : undefined;
}

/** Another's mistake is reported where the browser reports such, and disturbs nobody else. */
function tell(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    (globalThis as { reportError?: (error: unknown) => void }).reportError?.(error);
  }
}

/** Longer with every failure, and never the same for everybody who lost the same gateway. */
function waitAfter(failures: number, firstMs: number): number {
  const most = Math.min(firstMs * 2 ** Math.min(failures - 1, 16), LONGEST_WAIT_MS);
  return most / 2 + (Math.random() * most) / 2;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

/** Aborts when nothing comes for too long, or when the whole is closed. */
class Silence {
  readonly #abort = new AbortController();
  readonly #ms: number;
  readonly #closing: AbortSignal;
  readonly #onClose = () => this.#abort.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, closing: AbortSignal) {
    this.#ms = ms;
    this.#closing = closing;
    closing.addEventListener('abort', this.#onClose);
    this.broken();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onClose, this.#ms);
  }

  over(): void {
    clearTimeout(this.#timer);
    this.#closing.removeEventListener('abort', this.#onClose);
    this.#abort.abort();
  }
}
