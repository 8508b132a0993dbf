import { plain, type Fact } from '../facts.ts';
import type { AuditRule } from '../rule.ts';

const ALWAYS_ROLE = new Set(['userrole', 'tenantrole', 'userroles', 'accessrole', 'accesslevel']);
const ROLE = new Set(['role', 'roles', 'rolename']);
const SUBJECT = /user|claim|token|decoded|payload|session|^auth|principal|^member(?:ship)?$|identity|^me$/;
const MIGHTY = /^role(?=.)|^(?:super)?admin(?:istrator)?$|^superuser$|^owner$|^root$/;
const LISTS = new Set(['permissions', 'userpermissions', 'roles', 'userroles', 'scopes', 'grants']);
const LOOKS = new Set(['includes', 'has', 'contains', 'indexof', 'some', 'every', 'find']);
const QUESTIONS = new Set([
  ...['requirerole', 'requireroles', 'requireadmin', 'requirepermission', 'requirepermissions', 'hasrole'],
  ...['hasroles', 'hasanyrole', 'haspermission', 'haspermissions', 'checkpermission', 'checkpermissions'],
  ...['checkrole', 'checkaccess', 'canaccess', 'usercan', 'assertpermission', 'assertrole', 'ensureadmin'],
]);
const NAMES = new Set(['isadmin', 'issuperadmin', 'issuperuser', 'isadministrator', 'rolepermissions']);

const LIBRARY =
  /^(?:casbin|@casl\/.+|accesscontrol|role-acl|easy-rbac|rbac|nest-access-control|nest-casl|oso|oso-cloud|permitio|@cerbos\/.+|@openfga\/.+|@open-policy-agent\/.+|github\.com\/casbin\/casbin(?:\/.*)?|github\.com\/ory\/(?:ladon|keto)(?:\/.*)?|github\.com\/mikespook\/gorbac(?:\/.*)?|github\.com\/open-policy-agent\/opa(?:\/.*)?)$/;

export const permissionRules: AuditRule[] = [
  {
    id: 'KSM-V03',
    kind: 'audit',
    severity: 'error',
    title: 'No role is compared and no permission is looked up',
    why: 'A role grants nothing by itself; Auth owns who may do what, and a copy of that logic answers differently one day.',
    fix: "delete it: declare the permission in module.yaml; the kit's requireModule and requirePermission enforce it",
    fault: (fact) => comparison(fact) ?? lookup(fact) ?? named(fact),
  },
  {
    id: 'KSM-V04',
    kind: 'audit',
    severity: 'error',
    title: 'No authorization library decides in a module',
    why: "Two engines of policy are two truths; the platform's policies are the only ones.",
    fix: "delete it with its model and policy files: the gateway's policies decide, the kit enforces",
    fault: (fact) => (fact.kind === 'import' && LIBRARY.test(fact.name) ? `imports ${fact.name}` : undefined),
  },
];

function comparison(fact: Fact): string | undefined {
  if (fact.kind !== 'compare') return undefined;
  const path = fact.path.map(plain);
  const last = path.at(-1) ?? '';
  const ofUser = path.slice(0, -1).some((name) => SUBJECT.test(name));
  const isRole = ALWAYS_ROLE.has(last) || (ROLE.has(last) && (ofUser || MIGHTY.test(plain(fact.value))));
  return isRole ? `compares ${fact.path.join('.')} with ${fact.value}` : undefined;
}

function lookup(fact: Fact): string | undefined {
  if (fact.kind !== 'call') return undefined;
  const last = plain(fact.path.at(-1));
  if (QUESTIONS.has(last)) return `asks ${fact.path.join('.')}`;
  if (!LOOKS.has(last)) return undefined;
  const inList = LISTS.has(plain(fact.path.at(-2)));
  // ADMIN_ROLES.includes(user.role), slices.Contains(user.Permissions, …)
  const argument = fact.names.find(
    (path) => path.length > 1 && (ROLE.has(plain(path.at(-1))) || LISTS.has(plain(path.at(-1)))),
  );
  if (inList) return `looks into ${fact.path.slice(0, -1).join('.')}`;
  return argument ? `looks ${argument.join('.')} up` : undefined;
}

function named(fact: Fact): string | undefined {
  return fact.kind === 'member' && NAMES.has(plain(fact.path.at(-1)))
    ? `decides by ${fact.path.join('.')}`
    : undefined;
}
