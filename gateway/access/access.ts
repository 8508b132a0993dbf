import type { AccessFacts } from '../../policies/contract.ts';
import type { AccessRecord } from '../../platform/auth/access.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Timed } from './fact-cache.ts';

/** The part of a user's access that one module's decision reads, with the key it is remembered under. */
export interface ModuleFacts {
  facts: AccessFacts;
  key: string;
}

/** What is remembered of an access under one catalog and its policy. */
interface UnderCatalog {
  catalog: Catalog;
  permissions: Map<string, string[]>;
  assertions: Assertions;
}

/** Signed assertions, by module, or by route where a module's permissions are too many. */
export type Assertions = Map<string, { token: string; reuseUntil: number }>;

/** The resolved access of one user in one company at one set of versions. Immutable but for what it remembers. */
export class Access implements Timed {
  readonly userId: string;
  readonly companyId: string;
  readonly changesAt: number;
  readonly record: AccessRecord;
  readonly #byModule = new Map<string, ModuleFacts>();
  #under: UnderCatalog | undefined;

  constructor(userId: string, companyId: string, record: AccessRecord, readAt: number) {
    this.userId = userId;
    this.companyId = companyId;
    this.record = record;
    this.changesAt = record.changesInMs === null ? Infinity : readAt + record.changesInMs;
  }

  /** The facts with the grants of this module alone: a module's decision reads no other module's. */
  forModule(module: string): ModuleFacts {
    let known = this.#byModule.get(module);
    if (!known) {
      const { facts } = this.record;
      const narrowed: AccessFacts = {
        ...facts,
        modules: facts.modules.filter((key) => key === module),
        permissions: facts.permissions.filter((key) => key.startsWith(`${module}.`)).sort(),
      };
      known = { facts: narrowed, key: JSON.stringify(narrowed) };
      this.#byModule.set(module, known);
    }
    return known;
  }

  /** What of this module is both entitled and granted, as policy computes it; once per catalog. */
  permissionsIn(module: string, catalog: Catalog): string[] {
    const { permissions } = this.#underCatalog(catalog);
    let known = permissions.get(module);
    if (!known) {
      const { facts } = this.forModule(module);
      known = catalog.engine.effective({ access: facts, role: this.record.role }).permissions;
      permissions.set(module, known);
    }
    return known;
  }

  /** Assertions signed for this access as this catalog and its policy have it. */
  assertionsUnder(catalog: Catalog): Assertions {
    return this.#underCatalog(catalog).assertions;
  }

  /** A request that began under an older catalog goes on with what is remembered of that one, and never mixes the two. */
  #underCatalog(catalog: Catalog): UnderCatalog {
    if (this.#under?.catalog !== catalog)
      this.#under = {
        catalog,
        permissions: new Map<string, string[]>(),
        assertions: new Map() as Assertions,
      };
    return this.#under;
  }
}
