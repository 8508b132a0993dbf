import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** A way to a server that can be cut, slowed, led elsewhere, or made to swallow bytes, while the server stays well. */
export interface Proxy {
  url: string;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** Keeps connections open and holds back what the server says. */
  hold(): void;
  /** Passes on what the server says only after so many milliseconds. */
  slow(delayMs: number): void;
  /** Leads to another server, and ends every connection to the one before. */
  redirect(url: string): void;
  /** Passes everything on at once again, also what was held back. */
  heal(): void;
  close(): void;
}

/** `url` is that of the server behind; the proxy's own differs from it in host and port alone. */
export async function openProxy(url: string): Promise<Proxy> {
  let target = new URL(url);
  const pairs = new Set<Pair>();
  let state: 'open' | 'cut' | 'held' = 'open';
  let delayMs = 0;
  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    const late = new Late(() => delayMs);
    const pair: Pair = { client, upstream, late };
    pairs.add(pair);
    for (const side of [client, upstream]) {
      side.on('error', () => {});
      side.on('close', () => {
        pairs.delete(pair);
        destroy(pair);
      });
    }
    client.pipe(upstream);
    late.pipe(client);
    if (state !== 'held') upstream.pipe(late);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    cut: () => {
      state = 'cut';
      pairs.forEach(destroy);
    },
    hold: () => {
      state = 'held';
      pairs.forEach(({ late, upstream }) => upstream.unpipe(late).pause());
    },
    slow: (ms) => void (delayMs = ms),
    redirect: (to) => {
      target = new URL(to);
      pairs.forEach(destroy);
    },
    heal: () => {
      if (state === 'held') pairs.forEach(({ late, upstream }) => upstream.pipe(late));
      state = 'open';
      delayMs = 0;
    },
    close: () => {
      pairs.forEach(destroy);
      server.close();
    },
  };
}

interface Pair {
  client: Socket;
  upstream: Socket;
  late: Late;
}

function destroy({ client, upstream, late }: Pair): void {
  for (const stream of [client, upstream, late]) stream.destroy();
}

/** Passes everything on in order, each piece so long after it came. */
class Late extends Transform {
  readonly #delayMs: () => number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(delayMs: () => number) {
    super();
    this.#delayMs = delayMs;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const delayMs = this.#delayMs();
    const due = delayMs > 0 ? pause(delayMs) : undefined;
    this.#last = Promise.all([this.#last, due]).then(() => this.push(chunk));
    done();
  }

  override _flush(done: TransformCallback): void {
    void this.#last.then(() => done());
  }
}
