import type { Next, ParameterizedContext } from 'koa';
import type { ManifestRoute } from '../manifest/manifest.ts';
import type { Assertion } from './assertion.ts';
import type { ModuleError } from './errors.ts';
import type { Units } from './scope.ts';

/** Who is asking, and by which proof. */
export type Identity =
  | { by: 'assertion'; userId: string; assertion: string; claims: Assertion }
  | { by: 'token'; userId: string; token: string };

/** What the user may do here. Comes from the gateway or from Auth, never from this module. */
export interface AccessContext {
  role: string | null;
  modules: ReadonlySet<string>;
  permissions: ReadonlySet<string>;
  units: Units;
}

/** What a request knows about itself; each field names the step that sets it. */
export interface KitState {
  /** record */
  requestId: string;
  /** record */
  decisionId?: string;
  /** routing */
  route?: ManifestRoute;
  /** validateJwt */
  identity?: Identity;
  /** requireCompanyContext; lower-case UUID */
  company?: string;
  /** resolveAccessContext */
  access?: AccessContext;
  /** routing, after the last step of the chain */
  admitted?: true;
  /** rescue, or events when it happens on the way */
  failure?: ModuleError;
  /** events: the client left before its stream was whole */
  clientGone?: true;
}

export type KitContext = ParameterizedContext<KitState>;
export type Step = (ctx: KitContext, next: Next) => Promise<void>;

/** What an earlier step must have set. Throws when the chain is out of order: nothing is assumed. */
export function required<Key extends keyof KitState>(ctx: KitContext, key: Key): NonNullable<KitState[Key]> {
  const value = ctx.state[key];
  if (value === undefined) throw new Error(`the step that sets "${key}" has not run`);
  return value;
}
