import type { AuthConnection } from '../../modules/kit/host.ts';

/** What the process of the module is told, once. */
export interface Start {
  /** Its backends, the main one first. */
  services: string[];
  /** Where the stubs of Auth and of the gateway are. */
  world: string;
  auth: AuthConnection;
  moduleSecret: string;
  /** File: a dump of an empty embedded database. */
  dump: string;
}

/** Service → where it answers, or why there is none. */
export type Started = { urls: Record<string, string> } | { failed: string };
