import type { StaticRule } from './rule.ts';
import { ACCESS } from './rules/access.ts';
import { BOUNDARIES } from './rules/boundaries.ts';
import { DATA } from './rules/data.ts';
import { GENERATED } from './rules/generated.ts';
import { LOGGING } from './rules/logging.ts';
import { MANIFEST } from './rules/manifest.ts';
import { ROUTES } from './rules/routes.ts';
import { SECRETS } from './rules/secrets.ts';
import { TESTS } from './rules/tests.ts';

/** What is found by reading a module's files. */
export const STATIC_RULES: StaticRule[] = [
  ...MANIFEST,
  ...GENERATED,
  ...ROUTES,
  ...ACCESS,
  ...BOUNDARIES,
  ...DATA,
  ...LOGGING,
  ...TESTS,
  ...SECRETS,
];
