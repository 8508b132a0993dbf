/** What the domain varies of each input: a field it leaves alone would make the proof silent about it. */
import { MEMBERSHIPS } from './people.ts';
import { CHANGE_TYPES } from './sweep-changes.ts';
import { PERIODS } from './periods.ts';
import { leavesOf, type Schema } from './schema.ts';

const STATUSES = [...new Set(PERIODS.map(({ status }) => status))];
const ROW = (key: string): Record<string, unknown[] | null> => ({
  [key]: null,
  status: STATUSES,
  started: null,
  ended: null,
});

const ACCESS = {
  'access.membership.status': MEMBERSHIPS.flatMap((it) => it?.status ?? []),
  ...below('access.subscriptions.[]', ROW('package')),
  ...below('access.addons.[]', ROW('addon')),
  'access.modules.[]': null,
  'access.permissions.[]': null,
  'access.resolved': [true],
};

const ROLE = { canManageUsers: null, canBuyAddons: null, canGrant: null };
const MEMBERSHIP = { 'membership.status': ACCESS['access.membership.status'] };

/** Schema → its fields, each with the values the domain gives it where they are a closed list. */
const VARIED: Record<string, Record<string, unknown[] | null>> = {
  input: {
    route: null,
    authenticated: null,
    ...below('caller', { module: null, method: null, same_company: null }),
    ...ACCESS,
  },
  effective: { ...ACCESS, ...below('role', ROLE) },
  capabilities: ACCESS,
  delegation: {
    ...ACCESS,
    ...below('role', ROLE),
    'units.[]': null,
    'change.type': CHANGE_TYPES,
    ...below('change', {
      'modules.[]': null,
      'permissions.[]': null,
      'packages.[]': null,
      'addons.[]': null,
    }),
    ...below('change', { 'units.[]': null, ...below('role', ROLE) }),
    ...below('target', { ...MEMBERSHIP, ...below('role', ROLE) }),
  },
  log: { route: null, caller: null, 'result.allow': null, 'result.reason': null },
};

/** Fields, and values of closed lists, that stand in a schema and not in the domain. */
export function unvariedFields(name: string, schema: Schema): string[] {
  const varied = VARIED[name] ?? {};
  return [...leavesOf(schema)].flatMap(([path, values]) => {
    if (!Object.hasOwn(varied, path)) return [`the proof does not vary ${path}`];
    const given = varied[path] ?? values ?? [];
    const missing = (values ?? []).filter((value) => !given.includes(value));
    return missing.map((value) => `the proof never gives ${path} the value ${JSON.stringify(value)}`);
  });
}

function below(place: string, fields: Record<string, unknown[] | null>): Record<string, unknown[] | null> {
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [`${place}.${name}`, values]));
}
