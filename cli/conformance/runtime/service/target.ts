import type { JsonSchema } from '../../../../modules/manifest/fields.ts';
import type { LiveRoute } from '../probes/undeclared.ts';
import type { Seen } from './protocol.ts';

/** A service under test; what is absent cannot be seen from outside. */
export interface Target {
  url: string;
  /** The same service, where no key can be had. */
  coldUrl?: string;
  live?: LiveRoute[];
  /** Route id → what its handler takes. */
  bodies?: Record<string, JsonSchema>;
  /** Its secret towards Auth; no log may hold it. */
  secrets: string[];
  /** How long an answer may take. */
  deadlineMs: number;
  /** It ran before this check, and may know the keys of another one. */
  outlivesKeys?: boolean;
  /** `undefined` when the process is gone. */
  seen?: () => Promise<Seen | undefined>;
  /** SIGTERM. Answers how it ended, or `undefined` when it did not in time. */
  terminate?: () => Promise<{ code: number | null; signal: string | null } | undefined>;
  /** All it has written; whole only after its end. */
  output?: () => Promise<string>;
  /** The database holds it to its own tables: what it says then would stand in its log. */
  heldToTables?: boolean;
  /** Whatever still runs, ends. */
  kill: () => Promise<void>;
}
