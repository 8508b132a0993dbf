import { appendFile } from 'node:fs/promises';
import { checkpointLine } from '../../policies/decision-log/checkpoint.ts';
import type { Logger } from '../log.ts';

/** Checkpoints are kept in a second place, so that whoever can write the log cannot write the past. */
export interface CheckpointsOutside {
  keep(jws: string): void;
  /** How often one could not be kept. The next one pins all the same. */
  readonly failures: number;
  /** Resolves when everything was tried. */
  settled(): Promise<void>;
}

/** @param place `stdout`: a field of the request log's lines; anything else is a file */
export function checkpointsAt(place: string, log: Logger): CheckpointsOutside {
  return place === 'stdout' ? new InRequestLog(log) : new InFile(place, log);
}

class InRequestLog implements CheckpointsOutside {
  readonly failures = 0;
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  keep(checkpoint: string): void {
    this.#log.info({ checkpoint }, 'checkpoint of the decision log');
  }

  async settled(): Promise<void> {}
}

class InFile implements CheckpointsOutside {
  failures = 0;
  readonly #file: string;
  readonly #log: Logger;
  #turn: Promise<void> = Promise.resolve();

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  keep(jws: string): void {
    this.#turn = this.#turn.then(() => this.#append(jws));
  }

  settled(): Promise<void> {
    return this.#turn;
  }

  async #append(jws: string): Promise<void> {
    // What was left of a failed write must not spoil this line.
    const line = this.failures > 0 ? `\n${checkpointLine(jws)}` : checkpointLine(jws);
    try {
      await appendFile(this.#file, line, { mode: 0o600 });
    } catch (err) {
      this.failures += 1;
      this.#log.error(
        { err, file: this.#file },
        'a checkpoint of the decision log could not be kept outside',
      );
    }
  }
}
