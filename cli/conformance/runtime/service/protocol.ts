import type { JsonSchema } from '../../../../modules/manifest/fields.ts';
import type { LiveRoute } from '../probes/undeclared.ts';

/** Which service a child is to serve. */
export type Subject = { module: string; service: string } | { mutant: string };

/** What the checker tells a child, once. */
export interface Start {
  /** All of one module: they share its database. */
  subjects: Subject[];
  world: { url: string; coldUrl: string; issuer: string; audience: string };
  moduleSecret: string;
  /** A dump of an empty embedded database, or a scratch database: by its owner to migrate, by the module's login to run. */
  database: { dump: string } | { ownerUrl: string; url: string; login: string };
  /** `host:port` that the child may connect to. */
  allowed: string[];
  authTimeoutMs: number;
}

/** What a child has seen of itself. */
export interface Seen {
  /** Addresses it tried to connect to that were not allowed. */
  refused: string[];
  connects: number;
  /** Every handler that ran. */
  handled: { route: string; userId: string | undefined }[];
}

/** Where one subject is served. */
export interface Ready {
  url: string;
  coldUrl: string;
  live: LiveRoute[];
  /** Route id → what its handler takes, for routes whose body the manifest does not tell. */
  bodies: Record<string, JsonSchema>;
}

export type ToChild = { start: Start } | 'seen';
export type FromChild = { ready: Ready[] } | { seen: Seen } | { failed: string };
