import { decodeJwt } from 'jose';
import type { Refusal } from '../errors.ts';
import { unauthorized, unavailable } from '../errors.ts';
import { Cut, type Transfer } from '../leases/transfer.ts';
import type { Exchange } from '../request/exchange.ts';
import { ClientGone } from '../upstream/relay.ts';
import type { AccessDocument } from './access-document.ts';

/** How long a token is honoured past its end, ms: as long as where it is shown. */
const SKEW_MS = 30_000;
/** How long a client may take for the last event. */
const LINGER_MS = 1000;

export interface AccessStreamOptions {
  exchange: Exchange;
  /** Called when its document may be another, or can be sent again. */
  onNews: () => void;
  /** Called once, when nobody listens any more. */
  onEnd: () => void;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * One `GET /access/me/stream`: the document as an event, again whenever it is another, and a last event that says why
 * there are no more. A client that reads slowly misses documents on the way to the newest; none is kept for it.
 */
export class AccessStream implements Transfer {
  readonly exchange: Exchange;
  readonly #options: AccessStreamOptions;
  readonly #expiresAt: number;
  #sent: string | undefined;
  #hasEnded = false;
  /** The client left. */
  readonly leave = (): void => this.#end(new ClientGone('the client left'));

  /** @param first not repeated to a client that has it, which says so by `Last-Event-ID` */
  constructor(options: AccessStreamOptions, first: AccessDocument) {
    const { exchange } = options;
    const { req, res, socket, ownHeaders } = exchange;
    this.exchange = exchange;
    this.#options = options;
    this.#expiresAt = (decodeJwt(exchange.bearer!).exp ?? Infinity) * 1000 + SKEW_MS;
    socket.on('close', this.leave);
    res.on('drain', options.onNews);
    res.writeHead(200, [
      ...ownHeaders,
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-store, no-transform',
      'etag',
      first.etag,
    ]);
    if (req.headers['last-event-id'] === first.etag) this.#sent = first.etag;
    this.beat();
    this.send(first);
  }

  /** Sends it, unless the client has it already; while one waits to be read, the newest of the next ones is sent. */
  send({ text, etag }: AccessDocument): void {
    const { res } = this.exchange;
    if (etag === this.#sent || this.#hasEnded || res.writableNeedDrain) return;
    this.#sent = etag;
    res.write(`id: ${etag}\nevent: access\ndata: ${text}\n\n`);
  }

  /** Shows the client, and whatever stands between, that nothing broke. */
  beat(): void {
    if (Date.now() > this.#expiresAt) this.cut(unauthorized('the token is expired'));
    else if (!this.exchange.res.writableNeedDrain) this.exchange.res.write(':\n\n');
  }

  renew(): void {
    this.#options.onNews();
  }

  cut(refusal: Refusal): boolean {
    this.#say(refusal);
    this.#end(new Cut('access', refusal));
    return true;
  }

  finish(): void {
    this.#say(unavailable('the gateway is shutting down'));
    this.#end();
  }

  #say({ code, message, reasons }: Refusal): void {
    if (this.#hasEnded) return;
    const { res, socket } = this.exchange;
    const last = JSON.stringify({ code, message, ...(reasons.length > 0 && { reasons }) });
    const unread = setTimeout(() => socket.destroy(), LINGER_MS);
    res.end(`event: end\ndata: ${last}\n\n`, () => clearTimeout(unread));
  }

  #end(why?: Error): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { onNews, onEnd, resolve, reject } = this.#options;
    this.exchange.socket.off('close', this.leave);
    this.exchange.res.off('drain', onNews);
    onEnd();
    if (why) reject(why);
    else resolve();
  }
}
