import type { AuditRule } from '../rule.ts';

const LIBRARY =
  /^(?:bcrypt|bcryptjs|argon2|@node-rs\/(?:bcrypt|argon2)|express-session|koa-session|cookie-session|passport-(?:local|google-oauth20)|golang\.org\/x\/crypto\/(?:bcrypt|argon2)|github\.com\/gorilla\/sessions)$/;

const SINGULAR = [
  ...[
    'user',
    'app_user',
    'role',
    'permission',
    'membership',
    'user_role',
    'user_permission',
    'role_permission',
  ],
  ...['user_session', 'auth_session', 'refresh_token', 'password_reset', 'user_group', 'group_permission'],
  ...['company_user', 'company_member', 'tenant_user', 'tenant_role', 'module_grant', 'permission_grant'],
];
const TABLES = new Set(SINGULAR.flatMap((name) => [name, `${name}s`, `${name.replace('_', 's_')}s`]));

/** The part of a table's name that says what it holds: `finance_users` of finance holds users. */
function isUserTable(name: string[], key: string): boolean {
  const table = name.at(-1) ?? '';
  return TABLES.has(table) || (table.startsWith(`${key}_`) && TABLES.has(table.slice(key.length + 1)));
}

export const userRules: AuditRule[] = [
  {
    id: 'KSM-V05',
    kind: 'audit',
    severity: 'error',
    title: 'Nobody logs in to a module',
    why: 'Auth owns logins, passwords and sessions; a second door has its own, weaker lock.',
    fix: 'delete it: people log in at Auth, and arrive with its token',
    fault: (fact) => (fact.kind === 'import' && LIBRARY.test(fact.name) ? `imports ${fact.name}` : undefined),
  },
  {
    id: 'KSM-V06',
    kind: 'audit',
    severity: 'error',
    title: 'A module has no table of users, roles, permissions or memberships',
    why: 'Auth owns them. A copy is stale at once, and lets in who has been removed.',
    fix: 'stop writing it, keep users.id where a row must name its author, then drop the table in a migration',
    fault(fact, { key }) {
      const creates = fact.kind === 'model' || (fact.kind === 'table' && fact.use === 'create');
      return creates && isUserTable(fact.name, key) ? `keeps ${fact.name.join('.')}` : undefined;
    },
  },
  {
    id: 'KSM-V07',
    kind: 'audit',
    severity: 'error',
    title: 'A module asks no table who somebody is or what he may do',
    why: "The answer is Auth's; by the time a handler runs, the kit has it.",
    fix: "delete the query: the handler's request says user and company, and that both may be here",
    fault: (fact, { key }) =>
      fact.kind === 'table' && fact.use === 'query' && isUserTable(fact.name, key)
        ? `queries ${fact.name.join('.')}`
        : undefined,
  },
];
