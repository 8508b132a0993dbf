import type { CatalogData } from '../../contract.ts';

/** A policy that is wrong in one thing: a rule file with another text, or a catalog with a wrong row. */
export interface Mutant {
  /** Stable across edits elsewhere: `kisum.entitlement._sold:negate:2`, `data:addon-bases-dropped:1`. */
  id: string;
  operator: string;
  /** From `policies/`; `data.catalog` for the data. */
  file: string;
  /** From 1; 0 for the data. */
  line: number;
  before: string;
  after: string;
  change: { file: string; text: string } | { catalog: CatalogData };
}
