/** The domain is walked in blocks: one company and member, asked for many routes by many callers. */
import type { AccessFacts, CallerFacts, ChangeInput, RoleFacts } from '../../contract.ts';

/** A change as this member asks for it. */
export type AskedChange = Omit<ChangeInput, 'access'>;

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
  /** Whether every capability is asked for as well. */
  capable?: boolean;
  /** Changes this member wants to make; none where absent. */
  changes?: Iterable<AskedChange>;
}

export function cellsIn({ callers, routes }: Block): number {
  return callers.length * routes.length;
}
