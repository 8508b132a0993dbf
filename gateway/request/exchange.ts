import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Decision } from '../../policies/contract.ts';
import type { Access } from '../access/access.ts';
import type { UserFact } from '../access/source.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Match } from '../catalog/routes.ts';
import type { Refusal } from '../errors.ts';
import type { Transfer } from '../leases/transfer.ts';
import type { MinVersion } from '../../platform/min-version.ts';
import type { Subject } from '../tokens/subject.ts';
import type { Head } from './head.ts';
import type { Target } from './target.ts';

/** What the gateway knows about one request. Each field names the step that sets it. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Kept here because Node takes it from a request that ended. */
  readonly socket: Socket;
  /** Monotonic, milliseconds. */
  readonly startedAt = performance.now();

  /** the door, for an endpoint of the gateway's own that is about access: what it is called */
  action: string | undefined;
  /** correlate */
  requestId = '';
  /** correlate: the gateway's own response headers, flat names and values */
  ownHeaders: string[] = [];
  /** correlate */
  head!: Head;
  /** locate: the catalog this whole request is judged by */
  catalog!: Catalog;
  /** locate; absent when the target was refused */
  target: Target | undefined;
  /** locate: why the target or method is refused, answered only after the token was checked */
  targetRefusal: Refusal | undefined;
  /** locate; absent when there is no such route */
  match: Match | undefined;
  /** validate-jwt; absent on a public route */
  subject: Subject | undefined;
  /** validate-jwt: the user's own token; absent for a module's and for a ticket */
  bearer: string | undefined;
  /** validate-jwt: the token's user; for a module's service token, the user it acts for */
  userId: string | undefined;
  /** validate-jwt; absent on a public route */
  user: UserFact | undefined;
  /** validate-jwt: what the token says of the user's version; absent when it carries none */
  tokenVersion: number | undefined;
  /** validate-jwt, for a module's service token: the company its assertion was made for */
  onBehalfOfCompany: string | undefined;
  /** require-company, lower case */
  companyId: string | undefined;
  /** require-company: the oldest access that will do; absent when any that is current does */
  minVersion: MinVersion | undefined;
  /** resolve-access */
  access: Access | undefined;
  /** decide */
  decision: Decision | undefined;
  /** decide */
  decisionId: string | undefined;
  /** whoever carries the answer to the client; absent until it was allowed */
  transfer: Transfer | undefined;
  /** rescue: what was answered in the backend's place */
  refusal: Refusal | undefined;
  /** rescue: an error nobody foresaw, or the cause behind a refusal */
  fault: unknown;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.socket = req.socket;
  }
}

/** One thing done to a request. Returns a promise only when it must wait, so that a cached request never does. */
export type Step = (exchange: Exchange) => void | Promise<void>;
