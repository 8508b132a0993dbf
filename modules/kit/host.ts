import type { JSONWebKeySet } from 'jose';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** What a module backend stands on. URLs have no trailing slash. */
export interface ModuleHost {
  /** The gateway's public keys, or the address of them. */
  assertionKeys: JSONWebKeySet | string;
  /** Absent: direct calls are refused, and no other module can be read. */
  auth?: AuthConnection;
  /** By which Auth knows the module: HMAC-SHA256 of its key under Auth's internal API key, hex. */
  moduleSecret?: string;
  /** Where other modules are read. */
  gatewayUrl?: string;
  /** Between two signs of life on a quiet event stream. Default: 15000. */
  heartbeatMs?: number;
  /** Opened by the host, which also closes it. */
  db: Knex;
  logger: Logger;
}

/** Where Auth is, and how its tokens are known. */
export interface AuthConnection {
  url: string;
  issuer: string;
  audience: string;
  /** Default: `/.well-known/jwks.json` of `url`. */
  jwksUrl?: string;
  /** Default: RS256. */
  algorithms?: string[];
  /** How long Auth may take to say who may do what. Default: 3000. */
  timeoutMs?: number;
}
