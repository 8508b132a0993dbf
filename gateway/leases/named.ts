import type { VersionChange } from '../../platform/versions.ts';
import type { Exchange } from '../request/exchange.ts';

/** Whom changes name. The catalog's are told by the catalog that is in force. */
export class Named {
  readonly #users = new Set<string>();
  readonly #companies = new Set<string>();
  readonly #members = new Set<string>();

  constructor(changes: VersionChange[]) {
    for (const change of changes) {
      switch (change.kind) {
        case 'catalog':
          break;
        case 'access':
          this.#members.add(`${change.userId} ${change.companyId}`);
          break;
        case 'token':
          this.#users.add(change.userId);
          break;
        case 'entitlement':
          this.#companies.add(change.companyId);
          break;
      }
    }
  }

  get isNobody(): boolean {
    return this.#users.size + this.#companies.size + this.#members.size === 0;
  }

  has({ userId, companyId }: Exchange): boolean {
    return (
      (userId !== undefined && this.#users.has(userId)) ||
      (companyId !== undefined && this.#companies.has(companyId)) ||
      this.#members.has(`${userId} ${companyId}`)
    );
  }
}
