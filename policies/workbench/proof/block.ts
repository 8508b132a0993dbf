/** The domain is walked in blocks: one company and member, asked for many routes by many callers. */
import type { AccessFacts, CallerFacts, RoleFacts } from '../../contract.ts';

export interface Block {
  /** Name of the sweep it belongs to. */
  sweep: string;
  token: boolean;
  access: AccessFacts | null;
  callers: (CallerFacts | null)[];
  /** Route ids, also such as no catalog knows. */
  routes: (string | null)[];
  /** Whose effective access is asked for as well; nobody's where absent. */
  roles?: (RoleFacts | null)[];
  /** Whether explanations, layers and remedies are asked for as well: of one route of each kind. */
  explained?: boolean;
}

export function cellsIn({ callers, routes }: Block): number {
  return callers.length * routes.length;
}
