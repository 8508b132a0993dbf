import { randomUUID } from 'node:crypto';
import type { Account } from '../../policies/decision-log/account.ts';
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
  account: Account;
  /** The last batch of its file is signed. */
  checkpoint: boolean;
  /** The last batch of the process. */
  end: boolean;
}

/** A batch as it is written. Nothing of the chain has moved until it is. */
export interface Sealed {
  bytes: Buffer;
  /** The checkpoint in it. */
  jws: string | undefined;
  /** To be called when the bytes are written. */
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

  seal(text: string, { count, account, checkpoint, end }: SealRequest): Sealed {
    const lines = Buffer.from(text);
    const chain = this.#id;
    const seq = this.#next;
    const time = new Date().toISOString();
    const { accepted, written } = account;
    const facts = { chain, seq, count, ...account, time, prev: this.#hash };
    const covered = this.#carried ? Buffer.concat([Buffer.from(this.#carried), lines]) : lines;
    const { hash, line } = sealLines(covered, end ? { ...facts, end } : facts);
    const isSigned =
      this.#signer && (checkpoint || end || this.#unsigned + 1 >= CHECKPOINT_BATCHES || this.#isLate());
    const jws = isSigned
      ? signCheckpoint({ chain, seq, hash, time, accepted, written }, this.#signer)
      : undefined;
    const behind = jws ? checkpointLine(jws) : '';
    return {
      bytes: Buffer.concat([lines, Buffer.from(line + behind)]),
      jws,
      written: () => {
        this.#next = seq + 1;
        this.#hash = hash;
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
