/** The database refused a write: what was wrong, and what to do instead. `code` is the constraint's name. */
export class RefusedByDatabase extends Error {
  readonly code: string;
  readonly what: string;
  readonly remedy: string;

  constructor(code: string, what: string, remedy: string, cause: unknown) {
    super(`${what}. ${remedy}.`, { cause });
    this.name = 'RefusedByDatabase';
    this.code = code;
    this.what = what;
    this.remedy = remedy;
  }
}

const KEY = 'Use lower case letters, digits and underscores, beginning with a letter';
const STATUS = 'Use active, trial, past_due, cancelled or expired';
const FINITE = 'Leave the end empty for an open period';
const ENDS = 'Give the moment it ends: trial, cancelled and expired all need one';
const PERIOD = 'Let the period end after it starts';
const CREATE_COMPANY = 'Create the company first';
const REGISTER = 'Register the module first, and name it with its right type';
const FOR_GOOD = 'Leave the end empty for a grant that lasts until it is revoked';
const KNOWN_MEMBER = 'Add the membership first';

/** Constraint → what is wrong, what to do. */
const SENTENCES: Record<string, readonly [what: string, remedy: string]> = {
  modules_key_shape: ['The module key is malformed', KEY],
  modules_type_base_or_addon: ["A module's type is base or addon, nothing else", 'Use base or addon'],
  modules_uid_once: ['Another module already has this uid', 'Give each module its own uid'],
  packages_key_shape: ['The package key is malformed', KEY],
  addons_key_shape: ['The add-on key is malformed', KEY],
  package_modules_package: ['There is no such package', 'Create the package before wiring it'],
  package_modules_module: [
    'The package is wired to this module as it is, or there is no such module',
    `${REGISTER}; take the wiring away before changing its type`,
  ],
  package_modules_base_only_in_basic: [
    'A basic_* package holds exactly one base module, and no other package holds any',
    'Wire basic_<key> to the base module of that key, and other packages to add-on modules only',
  ],
  package_modules_one_base: [
    'A basic_* package holds exactly one base module',
    'Wire it to one base module, in the same transaction that creates the package or takes the old wiring away',
  ],
  addon_modules_addon: ['There is no such add-on', 'Create the add-on before wiring it'],
  addon_modules_module: [
    'The add-on is wired to this module as it is, or there is no such module',
    `${REGISTER}; take the wiring away before changing its type`,
  ],
  addon_modules_never_base: [
    'An add-on never holds a base module',
    'Wire it to modules of type addon; a base module is sold by its basic_* package',
  ],
  addon_bases_addon: [
    'There is no such add-on',
    'Create the add-on before saying which bases it is sold with',
  ],
  addon_bases_module: [
    'The add-on is sold with this module as a base, or there is no such module',
    `${REGISTER}; take it off the list of bases before changing its type`,
  ],
  addon_bases_only_base: ['An add-on is sold with base modules only', 'Name a module of type base'],
  module_permissions_shape: [
    'The permission key is malformed',
    'Write <module>.<resource>.<action> in lower case',
  ],
  module_permissions_module: ['There is no such module', REGISTER],
  module_permissions_prefix: [
    "A permission begins with its own module's key",
    'Write <module>.<resource>.<action> with the key of the module that declares it',
  ],
  services_key_shape: ['The service key is malformed', 'Write <module> or <module>.<service> in lower case'],
  services_module: ['There is no such module', REGISTER],
  services_base_url_shape: [
    'The base URL of a service is malformed',
    'Write http(s)://host:port, without path, query or credentials',
  ],
  services_prefix: ["A service begins with its own module's key", 'Write <module> or <module>.<service>'],
  owned_entities_module: ['There is no such module', REGISTER],
  read_entities_reader: ['There is no such module', REGISTER],
  owned_entities_shape: ['The entity name is malformed', KEY],
  owned_entities_plural_shape: ['The plural of the entity is malformed', KEY],
  owned_entities_plural_once: [
    'The module owns another entity with this plural',
    'Give each entity its own plural: it names the route',
  ],
  owned_entities_shared_name: [
    'Another module already shares an entity of this name',
    'Choose another name, or read the shared one instead of owning a copy',
  ],
  read_entities_owned: [
    'No module owns this entity, or another module still reads it',
    'Register the owner first; take the reads away before the entity',
  ],
  read_entities_of_others: [
    'A module does not declare to read its own entity',
    'Take it out of the reads: what it owns it reads anyway',
  ],
  routes_id_shape: ['The route id is malformed', 'Write <module>.<resource>.<name> in lower case'],
  routes_service: [
    'There is no such service, or routes still lead to it',
    'Declare the service, or take its routes away first',
  ],
  routes_method: ['The method is not one of those served', 'Use GET, POST, PUT, PATCH or DELETE'],
  routes_path_shape: [
    'The path is not a template under /api/',
    'Write /api/<module>/…, with typed parameters such as {id:uuid}',
  ],
  routes_access: ['The access of a route is module, authenticated or public', 'Use one of the three'],
  routes_own_prefix: [
    'A route, and its id, stand under the key of the module or system that serves it',
    'Write /api/<module>/… and <module>.…',
  ],
  routes_module_needs_permission: [
    'Exactly the routes of access "module" name a module and a permission',
    'Name both, or choose authenticated or public',
  ],
  routes_module_of_service: [
    'A route is served by a backend of its own module',
    "Name one of the module's own services",
  ],
  routes_entity: ['There is no such entity', 'Declare it among the entities the module owns'],
  routes_entity_of_module: [
    'A route serves an entity of its own module only',
    'Name <module>.<entity> of this module, or none',
  ],
  routes_permission: [
    'The module has no such permission, or a route still needs it',
    'Declare the permission; take its routes away before it',
  ],
  routes_once: [
    'Another route has the same method and path',
    'Give each route its own method and path; names of parameters make no difference',
  ],
  module_manifests_key_once: [
    'Two modules would have the same key',
    'Give one of them another key; a module that left the tree keeps its own',
  ],
  module_manifests_type: ['The type of a manifest is base, addon or system', 'Use one of the three'],
  module_manifests_status: ['The status of a manifest is active or orphaned', 'Use one of the two'],
  module_manifests_known: [
    'An active module has a manifest, and every manifest its digest',
    'Apply the manifest with kisum-cli catalog apply',
  ],
  catalog_events_kind: [
    'The kind of a catalog event is unknown',
    'Use add, change, rename, retype, orphan or revive',
  ],
  companies_pkey: ['There is a company with this id', 'Use another id'],
  companies_name: ['A company needs a name', 'Give it one'],
  company_subscriptions_company: ['There is no such company', CREATE_COMPANY],
  company_subscriptions_package: [
    'There is no such package',
    'Use the key of a package in the catalog, such as basic_promoter',
  ],
  company_subscriptions_status: ['The status of the subscription is unknown', STATUS],
  company_subscriptions_period: ['The subscription ends before it starts', PERIOD],
  company_subscriptions_finite: ['The period of the subscription is not a moment in time', FINITE],
  company_subscriptions_needs_end: ['A subscription of this status has an end', ENDS],
  company_subscriptions_one_base: [
    'The company has another base subscription in this time',
    'End the other one first: a company has exactly one base at any time, and the past stays',
  ],
  company_addons_company: ['There is no such company', CREATE_COMPANY],
  company_addons_addon: [
    'There is no such add-on',
    'Use the key of an add-on in the catalog, such as finance',
  ],
  company_addons_status: ['The status of the add-on is unknown', STATUS],
  company_addons_period: ['The add-on ends before it starts', PERIOD],
  company_addons_finite: ['The period of the add-on is not a moment in time', FINITE],
  company_addons_needs_end: ['An add-on of this status has an end', ENDS],
  company_addons_once: [
    'The company has this add-on already in this time',
    'End the other period first, or begin where it ends',
  ],
  business_units_pkey: ['The company has this business unit already', 'Use another key'],
  business_units_company: [
    'There is no such company, or it still has business units',
    'Create the company first; take its business units away before it',
  ],
  business_units_shape: [
    'The key of the business unit is malformed',
    'Use up to 64 lower case letters and digits, with single hyphens or underscores between them',
  ],
  users_pkey: ['There is a user with this id', 'Use another id'],
  users_name: ['A user needs a name', 'Give one'],
  users_email_shape: ['The e-mail address is malformed', 'Write name@domain'],
  users_email_once: ['Another user has this e-mail address', 'Use another address, or that user'],
  users_token_version: ['A token version is not negative', 'Raise it by one'],
  users_token_version_only_rises: [
    'A token version never goes back, and a user keeps the id',
    'Raise the version; create another user instead of renumbering one',
  ],
  tenant_roles_shape: ['The role key is malformed', 'Use upper case letters and underscores, such as ADMIN'],
  memberships_pkey: [
    'The user is a member of this company already',
    'Change the membership instead of adding one',
  ],
  memberships_user: ['There is no such user', 'Create the user first'],
  memberships_company: [
    'There is no such company, or it still has members',
    'Create the company first; take its members away before it',
  ],
  memberships_role: ['There is no such role', 'Use one of auth.tenant_roles: OWNER, ADMIN, MEMBER'],
  memberships_status: ['The status of the membership is unknown', 'Use active, invited or suspended'],
  module_grants_module: ['There is no such module', 'Grant a module of the catalog'],
  module_grants_membership: ['The user is not a member of this company', KNOWN_MEMBER],
  permission_grants_permission: [
    'There is no such permission',
    'Grant a permission of the catalog: <module>.<resource>.<action>',
  ],
  permission_grants_membership: ['The user is not a member of this company', KNOWN_MEMBER],
  module_grants_finite: ['The end of the grant is not a moment in time', FOR_GOOD],
  permission_grants_finite: ['The end of the grant is not a moment in time', FOR_GOOD],
  membership_units_membership: ['The user is not a member of this company', KNOWN_MEMBER],
  membership_units_unit: [
    'The company has no such business unit',
    'Create it first: kisum-cli company add-unit <company> <unit>',
  ],
  tickets_user: ['There is no such user', 'Create the user first'],
  never_truncated: [
    'These tables are never truncated, because that would change access without a trace',
    'Delete the rows',
  ],
};

/** Turns a constraint's violation into a `RefusedByDatabase`; any other error is given back as it is. */
export function refusal(error: unknown): unknown {
  if (!isViolation(error)) return error;
  if (error.code === '23502') {
    const column = `${error.table}.${error.column}`;
    return new RefusedByDatabase('value_missing', `A value is missing: ${column}`, 'Give one', error);
  }
  const code = error.constraint ?? 'refused';
  const [what, remedy] = Object.hasOwn(SENTENCES, code)
    ? SENTENCES[code]!
    : [`The database refused the change: ${error.detail ?? code}`, 'Change what it names and try again'];
  return new RefusedByDatabase(code, what, remedy, error);
}

interface Violation extends Error {
  code: string;
  constraint?: string;
  detail?: string;
  table?: string;
  column?: string;
}

/** SQLSTATE class 23: integrity constraint violation. */
function isViolation(error: unknown): error is Violation {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^23...$/.test(error.code)
  );
}
