import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { unavailable, type Refusal } from '../errors.ts';
import { Cut, type Transfer, type TransferKind } from '../leases/transfer.ts';
import { responseHeaders, withoutNames } from './headers.ts';

/** The answer broke off after its head: the client must see a broken transfer, never a short but whole one. */
export class BrokenTransfer extends Error {}

/** The client went away; nobody is left to answer. */
export class ClientGone extends Error {}

export interface RelayOptions {
  res: ServerResponse;
  /** The gateway's own response headers, flat names and values. */
  ownHeaders: string[];
  /** Called once, when the answer begins or will never begin. */
  onAnswer: () => void;
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * Writes a backend's answer straight through to the client, at the client's pace. Settles exactly once: with a 503
 * while nothing was sent, with a broken transfer after.
 */
export class Relay implements Dispatcher.DispatchHandler, Transfer {
  readonly #res: ServerResponse;
  /** The client's connection, because an answer waiting behind another one does not hear of its end. */
  readonly #socket: Socket;
  readonly #options: RelayOptions;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #settled = false;
  readonly #onClose = () => this.#clientGone();
  readonly #onDrain = () => this.#controller?.resume();

  constructor(options: RelayOptions) {
    const { res } = options;
    this.#res = res;
    this.#socket = res.req.socket;
    this.#options = options;
    this.#socket.on('close', this.#onClose);
    res.on('drain', this.#onDrain);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Over before its turn came: there was nothing to abort yet.
    if (this.#settled || this.#socket.destroyed) controller.abort(new ClientGone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    const headers = responseHeaders(controller.rawHeaders as Buffer[]);
    // An answer to half a request: what is left of the body has no reader, so the connection cannot be kept.
    if (!this.#res.req.complete) this.#res.shouldKeepAlive = false;
    const own = this.#options.ownHeaders;
    this.#res.writeHead(
      status,
      (status === 204 ? withoutNames(headers, ['content-length']) : headers).concat(own),
    );
    this.#options.onAnswer();
    // Whole with its head, whatever length it names; undici would take the missing body for a broken transfer.
    if (status === 204 || status === 304) this.onResponseEnd();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#res.write(chunk)) controller.pause();
  }

  /** The answer is whole; the request ends only when its last byte has been handed on. */
  onResponseEnd(): void {
    if (this.#settled || this.#ended) return;
    this.#ended = true;
    this.#res.end(() => {
      if (this.#settle()) this.#options.resolve();
    });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#ended || !this.#settle()) return;
    const { reject } = this.#options;
    if (error instanceof ClientGone || error instanceof Cut) return reject(error);
    if (this.#res.headersSent) return reject(new BrokenTransfer('the answer broke off', { cause: error }));
    reject(unavailable('the module did not answer', error));
  }

  cut(refusal: Refusal): boolean {
    const { method } = this.#res.req;
    const isPending = !this.#res.headersSent;
    if (isPending && method !== 'GET' && method !== 'HEAD') return false;
    this.#stop(new Cut(isPending ? 'pending' : this.#kind, refusal));
    return true;
  }

  get #kind(): TransferKind {
    const headers = (this.#controller!.rawHeaders as Buffer[]).map((it) =>
      it.toString('latin1').toLowerCase(),
    );
    const type = headers[headers.indexOf('content-type') + 1];
    return type?.startsWith('text/event-stream') ? 'events' : 'download';
  }

  #clientGone(): void {
    if (!this.#res.writableFinished) this.#stop(new ClientGone('the client left'));
  }

  #stop(why: Error): void {
    if (this.#settled) return;
    if (this.#controller && !this.#ended) this.#controller.abort(why);
    else if (this.#settle()) this.#options.reject(why);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (!this.#res.headersSent) this.#options.onAnswer();
    this.#socket.off('close', this.#onClose);
    this.#res.off('drain', this.#onDrain);
    return true;
  }
}
