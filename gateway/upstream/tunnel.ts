import type { Socket } from 'node:net';
import type { Refusal } from '../errors.ts';
import { Cut, type Transfer } from '../leases/transfer.ts';
import { hangUp } from '../request/hang-up.ts';
import { closeFrame, FrameReader } from './frames.ts';

/** How long a cut waits for the end of a frame that is under way. */
const FRAME_MS = 250;
/** RFC 6455 §7.4.1: against the server's policy; and, of IANA's registry, try again later. */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export interface TunnelOptions {
  client: Socket;
  module: Socket;
  /** What the module sent right behind its 101. */
  early: Uint8Array;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Two sockets joined. Whichever end goes takes the other along, once that was written out. */
export class Tunnel implements Transfer {
  readonly #options: TunnelOptions;
  readonly #frames = new FrameReader();
  readonly #track = (chunk: Buffer) => this.#frames.skip(chunk);
  #state: 'joined' | 'finishing' | 'over' = 'joined';
  #cut: Cut | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TunnelOptions) {
    const { client, module, early } = options;
    this.#options = options;
    if (early.length > 0) {
      this.#frames.skip(early);
      client.write(early);
    }
    for (const side of [client, module]) {
      for (const event of ['end', 'error', 'close']) side.on(event, () => this.#end());
    }
    module.on('data', this.#track);
    client.pipe(module);
    module.pipe(client);
  }

  /** Says why in a close frame, which may only stand between two frames; the client then has a moment to leave. */
  cut(refusal: Refusal): boolean {
    if (this.#state !== 'joined') return true;
    const { client, module } = this.#options;
    this.#state = 'finishing';
    this.#cut = new Cut('websocket', refusal);
    client.unpipe(module);
    module.unpipe(client).off('data', this.#track);
    // Read on, so that its end is seen; nobody hears it.
    client.resume();
    if (this.#frames.isBetween) this.#close();
    else this.#finishFrame();
    return true;
  }

  #finishFrame(): void {
    const { client, module } = this.#options;
    this.#timer = setTimeout(() => this.#close(), FRAME_MS);
    const goOn = () => void module.resume();
    module.on('data', (chunk: Buffer) => {
      if (this.#state === 'over') return;
      const rest = chunk.subarray(0, this.#frames.next(chunk));
      const isTaken = client.write(rest);
      if (this.#frames.isBetween) this.#close();
      else if (!isTaken) module.pause();
    });
    client.on('drain', goOn);
    if (!client.writableNeedDrain) goOn();
  }

  #end(): void {
    const { client, module, resolve } = this.#options;
    if (this.#state !== 'joined') return;
    this.#state = 'over';
    client.destroySoon();
    module.destroySoon();
    resolve();
  }

  #close(): void {
    const { client, module, reject } = this.#options;
    clearTimeout(this.#timer);
    this.#state = 'over';
    module.destroy();
    if (!this.#frames.isBetween) client.resetAndDestroy();
    else if (this.#frames.isClosing) hangUp(client);
    else hangUp(client, goodbye(this.#cut!.refusal));
    reject(this.#cut!);
  }
}

function goodbye({ code, reasons: [reason] }: Refusal): Buffer {
  const isTemporary = code === 'service_unavailable';
  return closeFrame(
    isTemporary ? TRY_AGAIN_LATER : POLICY_VIOLATION,
    reason && !isTemporary ? `${code}: ${reason}` : code,
  );
}
