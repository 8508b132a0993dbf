import type { EntityField } from './fields.ts';

/** The standard module structure (module.yaml) as types. The JSON Schema beside it is what is enforced. */

export type Action = 'view' | 'create' | 'update' | 'delete' | 'export';

/** One kind of data a module owns: gives the four permissions and the five routes of the contract. */
export interface OwnedEntity {
  /** Singular, names the permission: `expense` → `finance.expense.view`. */
  entity: string;
  /** Plural, names the route: `expenses` → `/api/finance/expenses`. */
  plural: string;
  /** Whether other modules may declare to read it. Shared names are unique in the whole catalog. */
  shared: boolean;
  /** Defaults to all four. */
  actions: Action[];
  /** Its columns beside `id`, the companies, `created_at` and `updated_at`; with `scope: unit` the last is `unit`. */
  fields: EntityField[];
  /**
   * Columns of the companies a row belongs to, default `[company_id]`. With two, each side sees and changes the row:
   * the first is the company that made it, the second is named by it.
   */
  companies: string[];
  /** Who may read its rows: those companies, or `everyone` (what is published). Only those companies ever write. */
  audience: 'company' | 'everyone';
  /**
   * How far a membership's limit reaches: not at all, or each row belongs to one business unit of its company, the field
   * `unit` that every such entity has, and does not exist for whoever is limited to others.
   */
  scope: 'company' | 'unit';
}

/** A route beside the five that every owned entity has. */
export interface ExtraRoute {
  id: string;
  method: string;
  path: string;
  access: 'module' | 'authenticated' | 'public';
  permission?: string;
  entity?: string;
  service?: string;
  /** Client headers this route needs beside the gateway's allow-list. */
  headers: string[];
}

/** A module's declaration of itself, normalised: every default filled in. */
export interface Manifest {
  uid: string;
  /** Also the prefix of every permission and route. */
  key: string;
  title: string;
  owner: string;
  purpose: string;
  /** `system` stands outside the commercial catalog (Checkout): not sold, no permissions, still behind the gateway. */
  type: 'base' | 'addon' | 'system';
  /** Backends; the first is the default one and is named like the module. */
  services: string[];
  owns: OwnedEntity[];
  /** `<module>.<entity>` of other modules' shared entities. */
  reads: { entity: string; why: string }[];
  routes: ExtraRoute[];
  /** Base modules an add-on is sold with; absent: every base. */
  soldWith?: string[];
  /** Systems outside the platform; `host` is an https origin the module may speak to. */
  integrations: { name: string; why: string; host?: string }[];
  mustNot: string[];
}

/** A route as the catalog and the gateway know it. */
export interface ManifestRoute {
  /** `finance.expense.list`; unique in the catalog. */
  id: string;
  service: string;
  method: string;
  /** `/api/finance/expenses/{id:uuid}`; parameter types: uuid, slug, integer, string, path (`{rest:path}`, last only). */
  path: string;
  access: 'module' | 'authenticated' | 'public';
  module?: string;
  permission?: string;
  /** `<module>.<entity>` */
  entity?: string;
  headers: string[];
}
