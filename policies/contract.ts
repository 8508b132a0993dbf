/**
 * What goes into a policy decision and what comes out: the one place where Rego and TypeScript agree.
 * The same shapes stand as JSON Schema in `policies/schemas/`, where `opa check` holds the Rego to them.
 */

/** Why access is refused. A closed list in order of precedence; each code means exactly one fact. */
export const REASONS = [
  'route_unknown',
  'no_membership',
  'membership_inactive',
  'no_active_base',
  'multiple_bases',
  'module_unknown',
  'base_incompatible',
  'entitlement_expired',
  'module_not_entitled',
  'module_not_granted',
  'permission_missing',
  'call_not_declared',
] as const;

export type Reason = (typeof REASONS)[number];

/** Where a subscription or an add-on stands. What counts as active is decided in Rego. */
export type SubscriptionStatus = 'active' | 'trial' | 'past_due' | 'cancelled' | 'expired';

export type MembershipStatus = 'active' | 'invited' | 'suspended';

/** Who may enter a route: nobody asked, any valid token, or a token with a company that bought the module. */
export type RouteAccess = 'module' | 'authenticated' | 'public';

/** The clock's part of a period, judged by the database's clock, so that policy needs no clock. */
export interface PeriodFacts {
  status: SubscriptionStatus;
  started: boolean;
  ended: boolean;
}

export type SubscriptionFacts = PeriodFacts & { package: string };
export type AddonFacts = PeriodFacts & { addon: string };

/** Everything that is true of one user in one company. `membership: null` when there is none. */
export interface AccessFacts {
  membership: { status: MembershipStatus } | null;
  subscriptions: SubscriptionFacts[];
  addons: AddonFacts[];
  /** Module keys granted to this membership. */
  modules: string[];
  /** Permission keys granted to this membership. */
  permissions: string[];
  /**
   * Auth has judged already: `modules` and `permissions` are effective access, and what was bought is not known
   * (`subscriptions` and `addons` are empty). Absent where they are what was granted.
   */
  resolved?: true;
}

/** What a tenant role may hand on. */
export interface RoleFacts {
  canManageUsers: boolean;
  canBuyAddons: boolean;
  canGrant: boolean;
}

/** A module calling another through the gateway on behalf of a user. */
export interface CallerFacts {
  module: string;
  method: string;
  /** Whether the company it was asked for is the one in `x-org`. */
  same_company: boolean;
}

/** Input of `kisum/decision` and `kisum/explain`. */
export interface DecisionInput {
  /** Route id of the catalog, `null` when no route was found. */
  route: string | null;
  /** Whether a token was validated. Always false on a public route, where none is read. */
  authenticated: boolean;
  caller: CallerFacts | null;
  /** `null` when no company was resolved (public and authenticated routes). */
  access: AccessFacts | null;
}

/** Answer of `kisum/decision`: the first failing layer, or none. */
export interface Decision {
  allow: boolean;
  reason: Reason | null;
}

/** What a tenant could change. A closed list; each type names one change by one person. */
export const REMEDIES = [
  'add_member',
  'activate_membership',
  'add_subscription',
  'renew_subscription',
  'change_base',
  'end_subscription',
  'add_addon',
  'renew_addon',
  'grant_module',
  'grant_permission',
] as const;

export type RemedyType = (typeof REMEDIES)[number];

/** One change. Where `packages` holds several, any one of them is enough. */
export interface Remedy {
  type: RemedyType;
  /** Whoever may make it in the company. */
  who: 'company owner' | 'tenant admin';
  packages?: string[];
  addon?: string;
  module?: string;
  permission?: string;
}

/**
 * Answer of `kisum/explain`: every failing layer in order of precedence, `reasons[0]` the decision's reason; and the
 * remedies this caller may see: together they allow, and none of them can be left out.
 */
export interface Explanation {
  allow: boolean;
  reasons: Reason[];
  remedies: Remedy[];
}

/** One layer of a decision with the facts that decided it; answer of `kisum/layers`: all of them, in order. */
export interface Layer {
  layer: 'entry' | 'membership' | 'base' | 'entitlement' | 'module_grant' | 'action';
  /** Whether it lets the request through; `null` where it was not asked. */
  holds: boolean | null;
  /** The policy's word for how it stands: a reason, or `one`, `entitled`, `granted`, `allowed`, … */
  standing: string;
  /** What it read: rows of `input.access`, and keys. */
  facts: Record<string, unknown>;
}

/** Input of `system/log`: what of a decision the log's own policy may look at. Never a user or a company. */
export interface LogInput {
  route: string | null;
  /** Key of the calling module, `null` for a person. */
  caller: string | null;
  result: Decision;
}

/** What may be erased from a logged decision, as JSON pointers. The facts, the result and their provenance may not. */
export const MASKABLE = ['/subject/user_id', '/subject/company_id', '/req_id'] as const;

export type Maskable = (typeof MASKABLE)[number];

/** Answer of `system/log`: whether the decision is left out, and what is erased from it, sorted. */
export interface LogTreatment {
  drop: boolean;
  mask: Maskable[];
}

/** One logged decision, in OPA's own names where it has one. It holds what it takes to decide again. */
export interface DecisionEvent {
  decision_id: string;
  /** RFC 3339. */
  timestamp: string;
  path: 'kisum/decision/decision';
  /** The facts as policy saw them: no user, no company. */
  input: DecisionInput;
  result: Decision;
  bundles: { kisum: { revision: string } };
  /** SHA-256 of the catalog the policy was given, hex. */
  catalog: { digest: string };
  /** Of this process. */
  labels: Record<string, string>;
  /** Nanoseconds, by timer. */
  metrics?: Record<string, number>;
  req_id?: string;
  subject: { user_id?: string; company_id?: string };
  /** What was erased. Absent when nothing was. */
  erased?: Maskable[];
}

/** Input of `kisum/effective`. */
export interface EffectiveInput {
  access: AccessFacts;
  role: RoleFacts | null;
}

/** Answer of `kisum/effective`: entitlements ∩ grants, sorted; empty without an active membership and base. */
export interface EffectiveAccess {
  modules: string[];
  permissions: string[];
  delegation: {
    canManageUsers: boolean;
    canBuyAddons: boolean;
    grantableModules: string[];
    grantablePermissions: string[];
  };
}

/** Whether something may be done; if not, why, and what would change that as far as the asker may see it. */
export type Capability =
  { allow: true; reasons: []; remedies: [] } | { allow: false; reasons: Reason[]; remedies: Remedy[] };

/** Input of `kisum/capabilities`. */
export interface CapabilitiesInput {
  access: AccessFacts;
}

/** Answer of `kisum/capabilities`: every module and every action (permission) of the catalog, for a person. */
export interface Capabilities {
  modules: Record<string, Capability>;
  actions: Record<string, Capability>;
}

/** Why a change is refused that somebody wants to make in their company. A closed list in order of precedence. */
export const CHANGE_REASONS = [
  'no_membership',
  'membership_inactive',
  'may_not_manage_users',
  'may_not_buy',
  'target_not_a_member',
  'target_above',
  'role_not_grantable',
  'module_not_grantable',
  'permission_not_grantable',
  'units_not_grantable',
] as const;

export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** What is changed. Lists that do not belong to the type are empty, `role` null, `units` absent. */
export interface Change {
  type: 'grant' | 'revoke' | 'entitle' | 'unentitle' | 'add_member' | 'change_member' | 'remove_member';
  /** Keys granted or revoked. */
  modules: string[];
  permissions: string[];
  /** Keys bought or given up. */
  packages: string[];
  addons: string[];
  /** What the role that is given may hand on. */
  role: RoleFacts | null;
  /** Business units the membership is limited to from now on; null: to none. Absent: as it is. */
  units?: string[] | null;
}

/** Input of `kisum/delegation`: `access` and `role` are those of whoever makes the change. */
export interface ChangeInput extends EffectiveInput {
  /** Business units whoever makes it is limited to; null: none. */
  units: string[] | null;
  change: Change;
  /** Whom it is made to, as they are now; null for what the company buys. `membership: null`: not a member yet. */
  target: { membership: { status: MembershipStatus } | null; role: RoleFacts | null } | null;
}

/** Answer of `kisum/delegation`: every reason against it, in order of precedence. */
export interface ChangeVerdict {
  allow: boolean;
  reasons: ChangeReason[];
}

/** Set of keys as Rego looks them up fastest: an object with `true` leaves. */
export type KeySet = Record<string, true>;

/** `data.catalog`: what is sold and served. Never a tenant, never a user. */
export interface CatalogData {
  modules: Record<string, { type: 'base' | 'addon' }>;
  packages: Record<string, { modules: KeySet }>;
  /** `bases` absent: sold with every base. */
  addons: Record<string, { modules: KeySet; bases?: KeySet }>;
  permissions: Record<string, { module: string }>;
  /** `module`, `permission` and `entity` are set for `access: module`, absent otherwise. */
  routes: Record<
    string,
    { access: RouteAccess; method: string; module?: string; permission?: string; entity?: string }
  >;
  /** `<module>.<entity>` → whether other modules may declare to read it. */
  entities: Record<string, { module: string; shared: boolean }>;
  /** Reading module → entities it declares (`promoter.event`). */
  reads: Record<string, KeySet>;
}
