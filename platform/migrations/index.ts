import { coreCatalog } from './0001-core-catalog.ts';
import { coreSubscriptions } from './0002-core-subscriptions.ts';
import { auth } from './0003-auth.ts';
import { versions } from './0004-versions.ts';
import { companyHistory } from './0005-company-history.ts';
import { manifests } from './0006-manifests.ts';
import { notifications } from './0007-notifications.ts';
import { grantPeriods } from './0008-grant-periods.ts';
import { businessUnits } from './0009-business-units.ts';
import { refusedChanges } from './0010-refused-changes.ts';
import type { Migration } from './migration.ts';

/** In the order they are run; what was released is never edited, only followed by another. */
export const migrations: Migration[] = [
  coreCatalog,
  coreSubscriptions,
  auth,
  versions,
  companyHistory,
  manifests,
  notifications,
  grantPeriods,
  businessUnits,
  refusedChanges,
];
