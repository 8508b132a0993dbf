import { takeSnapshot } from './access-snapshot.ts';
import { showAccess } from './access.ts';
import { applyCatalog } from './apply-catalog.ts';
import { companies, createCompany, showCompany } from './companies.ts';
import { createToken } from './create-token.ts';
import { entitle, unentitle } from './entitlements.ts';
import { explainAccess } from './explain-access.ts';
import { grant, revoke } from './grants.ts';
import { history, refusals } from './history.ts';
import { identifyToken } from './identify-token.ts';
import { exportCatalog, planCatalog, servedCatalog } from './plan-catalog.ts';
import { rotateKeys } from './rotate-keys.ts';
import { addUnit, limitMember, removeUnit } from './units.ts';
import { addMember, createUser, removeMember, revokeTokens, showUser, users } from './users.ts';

/** Everything a command can ask of the data, by name: run here, or in the process that owns the embedded database. */
export const OPERATIONS = {
  'add-member': addMember,
  'add-unit': addUnit,
  'apply-catalog': applyCatalog,
  'create-company': createCompany,
  'create-token': createToken,
  'create-user': createUser,
  entitle,
  'explain-access': explainAccess,
  'export-catalog': exportCatalog,
  grant,
  history,
  'identify-token': identifyToken,
  'limit-member': limitMember,
  'list-companies': companies,
  'list-users': users,
  'plan-catalog': planCatalog,
  refusals,
  'remove-member': removeMember,
  'remove-unit': removeUnit,
  revoke,
  'revoke-tokens': revokeTokens,
  'rotate-keys': rotateKeys,
  'served-catalog': servedCatalog,
  'show-access': showAccess,
  'show-company': showCompany,
  'show-user': showUser,
  'take-snapshot': takeSnapshot,
  unentitle,
};

export type OperationName = keyof typeof OPERATIONS;
export type OperationArgs = { [Name in OperationName]: Parameters<(typeof OPERATIONS)[Name]>[1] };
export type OperationResult<Name extends OperationName> = Awaited<ReturnType<(typeof OPERATIONS)[Name]>>;
