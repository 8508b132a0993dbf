import type { Refusal } from '../errors.ts';

/** What was cut: an answer not begun, one that was, a stream of events, a tunnel, `/access/me/stream`. A label of the metrics. */
export type TransferKind = 'pending' | 'download' | 'events' | 'websocket' | 'access';

/** What is under way to a client, as whoever carries it lets it be ended. */
export interface Transfer {
  /**
   * Ends it so that the client cannot take it for whole, and its exchange with a `Cut`.
   * @returns false where it goes on: what an unsafe request does was judged, so its answer may begin
   */
  cut(refusal: Refusal): boolean;
  /** For what no policy was asked about: what is true of its user and company may be another now. */
  renew?(): void;
  /** For what has no end of its own: the gateway ends. */
  finish?(): void;
}

/** The right to a transfer ended while it was under way. */
export class Cut extends Error {
  readonly kind: TransferKind;
  readonly refusal: Refusal;

  constructor(kind: TransferKind, refusal: Refusal) {
    super(`cut: ${refusal.message}`, { cause: refusal.cause });
    this.kind = kind;
    this.refusal = refusal;
  }
}
