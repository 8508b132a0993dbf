import { hash } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { VersionChange } from '../../../platform/versions.ts';
import { unauthorized } from '../../errors.ts';
import { Access } from '../access.ts';
import { FactCache } from '../fact-cache.ts';
import type { Subscriber } from '../feed.ts';
import type { AccessSource, UserFact } from '../source.ts';
import { NO_MEMBER, readAnswer, type Answer } from './answer.ts';
import type { AuthClient } from './client.ts';
import { Clocks } from './clocks.ts';
import { Remembered } from './remembered.ts';

const REMEMBERED_ANSWERS = 20_000;
/** Questions until it is given up: Auth says something older than it said before. */
const MAX_QUESTIONS = 2;

/** Nobody's, though an id like any other. */
const NO_COMPANY = 'ffffffff-ffff-4fff-bfff-ffffffffffff';

/**
 * Access as the platform's Auth service judges it, asked with the user's own token. Nothing but the time proves an
 * answer: it may be used for so long from the moment the question was sent. Two tokens never share an answer.
 */
export class AuthSource implements AccessSource, Subscriber {
  readonly #client: Pick<AuthClient, 'access'>;
  readonly #boundMs: number;
  readonly #answers: FactCache<Access>;
  readonly #remembered = new Remembered();

  /** @param boundMs longest use of an answer, at least the client's time-out */
  constructor(client: Pick<AuthClient, 'access'>, boundMs: number) {
    this.#client = client;
    this.#boundMs = boundMs;
    this.#answers = new FactCache({
      max: REMEMBERED_ANSWERS,
      proof: new Clocks(() => this.#answers.invalidateAll()),
      read: (key, bearer) => this.#read(key, bearer!),
    });
  }

  get counts() {
    return { hits: this.#answers.hits, reads: this.#answers.reads };
  }

  user(userId: string): UserFact {
    return this.#remembered.user(userId);
  }

  /** Without a token, as a module calls for a user or a ticket is shown, it is asked with the one accepted last. */
  access(userId: string, companyId: string, bearer = this.#remembered.bearer(userId, companyId)) {
    if (bearer !== undefined) return this.#answers.get(keyOf(userId, companyId, bearer), bearer);
    return Promise.reject(new Error('Auth cannot be asked: no token of this user in this company is known'));
  }

  /** Auth looks at the token before it looks at the company, so any company will do. */
  vouch(userId: string, bearer: string): undefined | Promise<undefined> {
    const asked = this.access(userId, NO_COMPANY, bearer);
    return asked instanceof Promise ? asked.then(() => undefined) : undefined;
  }

  forget(userId: string, companyId: string, bearer = this.#remembered.bearer(userId, companyId)): void {
    if (bearer !== undefined) this.#answers.forget(keyOf(userId, companyId, bearer));
  }

  /** Where Auth stands on this gateway's database, changes are seen before the time is over. */
  onChanges(changes: VersionChange[]): void {
    const raised = new Map<string, number>();
    for (const change of changes) {
      if (change.kind !== 'catalog') raised.set(concernOf(change), change.version);
    }
    this.#answers.invalidateAll(
      (key) => raised.has(key.slice(0, 73)) || raised.has(key.slice(0, 36)) || raised.has(key.slice(37, 73)),
      ({ userId, companyId, record: { versions } }) =>
        versions.access < (raised.get(`${userId} ${companyId}`) ?? 0) ||
        (versions.token ?? 0) < (raised.get(userId) ?? 0) ||
        versions.entitlement < (raised.get(companyId) ?? 0),
    );
  }

  /** Versions of another history say nothing of those in this one. */
  onReset(): void {
    this.#answers.invalidateAll();
    this.#remembered.clear();
  }

  async #read(key: string, bearer: string): Promise<Access> {
    const [userId, companyId] = key.split(' ') as [string, string];
    for (let questions = 0; questions < MAX_QUESTIONS; questions += 1) {
      const began = performance.now();
      const answer = await this.#ask(userId, companyId, bearer);
      if (answer !== NO_MEMBER) {
        if (this.#remembered.isOlder(userId, companyId, answer.versions)) continue;
        this.#remembered.keep(userId, companyId, answer.versions, bearer);
      }
      return new Access(userId, companyId, { ...answer, changesInMs: this.#boundMs }, began);
    }
    throw new Error('Auth gives older access than it gave before');
  }

  /** @throws Refusal 401, or an Error when Auth gives no usable answer */
  async #ask(userId: string, companyId: string, bearer: string): Promise<Answer> {
    const reply = await this.#client.access(companyId, bearer);
    switch (reply.status) {
      case 200: {
        const { tokenVersion } = decodeJwt<{ tokenVersion?: number }>(bearer);
        return readAnswer(reply, { userId, companyId, tokenVersion });
      }
      case 401:
        throw unauthorized('the token is revoked');
      case 403:
        return NO_MEMBER;
      default:
        throw new Error(`Auth answered ${reply.status}`);
    }
  }
}

const keyOf = (userId: string, companyId: string, bearer: string) =>
  `${userId} ${companyId} ${hash('sha256', bearer, 'base64')}`;

function concernOf(change: Exclude<VersionChange, { kind: 'catalog' }>): string {
  switch (change.kind) {
    case 'access':
      return `${change.userId} ${change.companyId}`;
    case 'token':
      return change.userId;
    case 'entitlement':
      return change.companyId;
  }
}
