import { randomUUID } from 'node:crypto';
import { totalOf, type Dropped } from '../../policies/decision-log/account.ts';
import { sealLines } from '../../policies/decision-log/chain.ts';
import {
  CHECKPOINT_BATCHES,
  CHECKPOINT_MS,
  checkpointLine,
  signCheckpoint,
} from '../../policies/decision-log/checkpoint.ts';
import type { Opening } from '../../policies/decision-log/entry.ts';
import type { LogSigner } from '../../policies/decision-log/keys.ts';
import type { Left } from './files.ts';

export interface SealRequest {
  /** Events among the lines. */
  count: number;
  /** Of every decision until now. */
  dropped: Partial<Dropped>;
  /** The last batch of its file is signed. */
  checkpoint: boolean;
  /** The last batch of the process. */
  end: boolean;
}

/** What comes behind a batch. Nothing of the chain has moved until it is written. */
export interface Sealed {
  /** The seal, and its checkpoint where there is one. */
  text: string;
  jws: string | undefined;
  /** To be called when the batch and this are written. */
  written: () => void;
}

/** The chain of one process in one file. */
export class Chain {
  readonly #id = randomUUID();
  readonly #labels: Record<string, string>;
  readonly #signer: LogSigner | undefined;
  #next = 0;
  #hash = '';
  #unsigned = 0;
  #written = 0;
  #signedAt = -Infinity;
  /** The checkpoint behind the last seal in this file: the next seal covers it. */
  #carried = '';

  constructor(labels: Record<string, string>, signer: LogSigner | undefined) {
    this.#labels = labels;
    this.#signer = signer;
  }

  /** Whether a batch was written that no checkpoint covers for too long by now. */
  get wantsCheckpoint(): boolean {
    return this.#signer !== undefined && this.#unsigned > 0 && this.#isLate();
  }

  /** The first line of a part of this chain. */
  opening({ after, before }: Left, oldest: Opening['oldest'] | undefined): string {
    this.#carried = '';
    const open: Opening = {
      version: 1,
      chain: this.#id,
      from: this.#next,
      prev: this.#hash,
      time: new Date().toISOString(),
      labels: this.#labels,
      key: this.#signer?.kid ?? null,
      after: this.#next === 0 ? after : null,
      before,
      oldest: oldest ?? { chain: this.#id, from: this.#next },
    };
    return `${JSON.stringify({ open })}\n`;
  }

  /** @param lines everything that is written with this batch, but its seal */
  seal(lines: Buffer, { count, dropped, checkpoint, end }: SealRequest): Sealed {
    const chain = this.#id;
    const seq = this.#next;
    const time = new Date().toISOString();
    const written = this.#written + count;
    const accepted = written + totalOf(dropped);
    const facts = { chain, seq, count, accepted, written, dropped, time, prev: this.#hash };
    const { hash, line } = sealLines([this.#carried, lines], end ? { ...facts, end } : facts);
    const isSigned =
      this.#signer && (checkpoint || end || this.#unsigned + 1 >= CHECKPOINT_BATCHES || this.#isLate());
    const jws = isSigned
      ? signCheckpoint({ chain, seq, hash, time, accepted, written }, this.#signer)
      : undefined;
    const behind = jws ? checkpointLine(jws) : '';
    return {
      text: line + behind,
      jws,
      written: () => {
        this.#next = seq + 1;
        this.#hash = hash;
        this.#written = written;
        this.#carried = behind;
        this.#unsigned = jws ? 0 : this.#unsigned + 1;
        if (jws) this.#signedAt = performance.now();
      },
    };
  }

  #isLate(): boolean {
    return performance.now() - this.#signedAt >= CHECKPOINT_MS;
  }
}
