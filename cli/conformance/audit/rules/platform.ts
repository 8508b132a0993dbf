import { plain, quoted, type Fact } from '../facts.ts';
import type { AuditRule } from '../rule.ts';

const CLIENT = /(?:^|[/@_-])(?:core|auth)[_-](?:client|sdk|api|service)(?:$|[/.])/i;
const SETTING = /^(?:(?:KISUM_)?(?:CORE|AUTH)(?:_\w+)?_(?:URL|HOST|ORIGIN|API_KEY)|INTERNAL_API_KEY)$/;
const HOST =
  /^[a-z]+:\/\/(?:[^/]*[.-])?(?:core|auth)(?:[-.](?:service|api|internal|svc)[^/]*)?(?::\d+)?(?:\/|$)/i;
const LOCAL_AUTH = /^[a-z]+:\/\/(?:localhost|127\.0\.0\.1):3097(?:\/|$)/i;
const PATH = /^\/(?:internal|auth)\//;
/** `${coreUrl}/internal/…`, `%s/auth/me`; what stands before decides when the path alone says too little. */
const BUILT = /^(?<base>\$\{[^}]*\}|%[sv])(?<path>\/(?:internal|auth)\/.*)/s;
const CERTAIN = /^\/(?:internal\/|auth\/(?:me|access|verify|validate|users|memberships|permissions)\b)/;

const TABLES = new Set([
  ...[
    'company_subscriptions',
    'company_addons',
    'company_modules',
    'company_entitlements',
    'package_modules',
  ],
  ...['addon_modules', 'company_entitlement_versions', 'entitlement_history', 'entitlements', 'entitlement'],
]);
const QUESTIONS = new Set([
  ...[
    'hasmodule',
    'isentitled',
    'hasentitlement',
    'checkentitlement',
    'checkentitlements',
    'hassubscription',
  ],
  ...['ismoduleenabled', 'computeentitlements', 'resolveentitlements', 'hasaddon', 'hasactivesubscription'],
]);
const LISTS = new Set([
  ...[
    'entitlements',
    'enabledmodules',
    'activemodules',
    'companymodules',
    'subscribedmodules',
    'entitledmodules',
  ],
]);

export const platformRules: AuditRule[] = [
  {
    id: 'KSM-V09',
    kind: 'audit',
    severity: 'error',
    title: 'A module calls neither Core nor Auth',
    why: 'Access is resolved once, before the module; a second question is a second answer, and a second outage.',
    fix: "delete the client: the kit's resolveAccessContext has the answer before the handler runs",
    fault(fact) {
      if (fact.kind === 'import') return CLIENT.test(fact.name) ? `imports ${fact.name}` : undefined;
      if (fact.kind === 'text') return isAddress(fact.text) ? `names ${quoted(fact.text)}` : undefined;
      const setting = fact.kind === 'member' ? (fact.path.at(-1) ?? '') : '';
      return SETTING.test(setting) ? `uses ${setting}` : undefined;
    },
  },
  {
    id: 'KSM-V10',
    kind: 'audit',
    severity: 'error',
    title: 'Entitlements are not computed in a module',
    why: 'Core owns what a company bought; a module that works it out again sells for free, or refuses who has paid.',
    fix: "delete it: the kit's requireModule has refused a company without this module before the handler runs",
    fault: (fact) => entitlement(fact),
  },
];

function isAddress(text: string): boolean {
  if (SETTING.test(text) || HOST.test(text) || LOCAL_AUTH.test(text) || PATH.test(text)) return true;
  const { base = '', path = '' } = BUILT.exec(text)?.groups ?? {};
  return CERTAIN.test(path) || (path !== '' && /core|auth/i.test(base));
}

function entitlement(fact: Fact): string | undefined {
  if (fact.kind === 'table' || fact.kind === 'model')
    return TABLES.has(fact.name.at(-1) ?? '') ? `works on ${fact.name.join('.')}` : undefined;
  if (fact.kind !== 'call') return undefined;
  const [last, receiver] = [plain(fact.path.at(-1)), plain(fact.path.at(-2))];
  const looks = /^(?:includes|has|some|contains|find)$/.test(last);
  const listed = fact.names.some((path) => LISTS.has(plain(path.at(-1))));
  return QUESTIONS.has(last) || (looks && (LISTS.has(receiver) || listed))
    ? `works out entitlements: ${fact.path.join('.')}`
    : undefined;
}
