import { setTimeout } from 'node:timers/promises';
import type { MinVersion } from '../../platform/min-version.ts';
import { unavailable } from '../errors.ts';
import type { Access } from './access.ts';
import type { AccessSource } from './source.ts';

/** How long a request waits for what it knows was written, and how often it looks. */
const PATIENCE_MS = 500;
const LOOK_EVERY_MS = 25;
/** Requests that wait at the same time; more are refused at once. */
const MAX_WAITING = 256;

/** Access that is not older than a write the client has seen the answer of. */
export class AtLeast {
  readonly #source: AccessSource;
  #waiting = 0;

  constructor(source: AccessSource) {
    this.#source = source;
  }

  /** @throws Refusal 503 when it cannot be had in time, or too many wait already */
  async access(min: MinVersion, bearer: string | undefined): Promise<Access> {
    const { userId, companyId } = min;
    const known = await this.#source.access(userId, companyId, bearer);
    if (isAtLeast(known, min)) return known;
    if (this.#waiting >= MAX_WAITING) throw unavailable('too many requests wait for a change');
    this.#waiting += 1;
    try {
      return await this.#wait(min, bearer);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #wait(min: MinVersion, bearer: string | undefined): Promise<Access> {
    const { userId, companyId } = min;
    for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
      this.#source.forget(userId, companyId, bearer);
      const read = await this.#source.access(userId, companyId, bearer);
      if (isAtLeast(read, min)) return read;
      await setTimeout(LOOK_EVERY_MS);
    }
    throw unavailable('the change has not arrived yet');
  }
}

function isAtLeast({ record: { versions } }: Access, { versions: min }: MinVersion): boolean {
  return (
    (versions.token ?? 0) >= min.token &&
    versions.access >= min.access &&
    versions.entitlement >= min.entitlement
  );
}
