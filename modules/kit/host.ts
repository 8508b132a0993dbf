import type { JSONWebKeySet } from 'jose';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** What a module backend stands on. URLs have no trailing slash. */
export interface ModuleHost {
  /** The gateway's public keys, or the address of them. */
  assertionKeys: JSONWebKeySet | string;
  /** How direct calls, without the gateway, are judged; absent: they are refused. */
  auth?: AuthConnection;
  /** How other modules are read; absent: they are not. */
  gateway?: GatewayConnection;
  /** Opened by the host, which also closes it. */
  db: Knex;
  logger: Logger;
}

export interface AuthConnection {
  url: string;
  issuer: string;
  audience: string;
  /** Default: `/.well-known/jwks.json` of `url`. */
  jwksUrl?: string;
  /** Default: RS256. */
  algorithms?: string[];
  /** Sent to Auth with every question about access. */
  internalApiKey?: string;
}

export interface GatewayConnection {
  url: string;
  /** Where the module gets its service token. */
  authUrl: string;
  /** HMAC-SHA256 of the module's key under Auth's internal API key, hex. */
  moduleSecret: string;
}
