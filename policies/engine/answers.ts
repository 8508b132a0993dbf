/** What the engine may say: anything else is a failure, never an answer. */
import {
  CHANGE_REASONS,
  MASKABLE,
  REASONS,
  REMEDIES,
  type Capabilities,
  type CatalogData,
  type ChangeVerdict,
  type Decision,
  type EffectiveAccess,
  type Explanation,
  type Layer,
  type LogTreatment,
  type Reason,
  type Remedy,
} from '../contract.ts';

type Precedence = ReadonlyMap<unknown, number>;

const precedence = precedenceOf(REASONS);
const changePrecedence = precedenceOf(CHANGE_REASONS);

const remedyTypes = new Set<unknown>(REMEDIES);
const remedyWords = { who: isWho, packages: isStringList, addon: isText, module: isText, permission: isText };
const layerNames = ['entry', 'membership', 'base', 'entitlement', 'module_grant', 'action'];
const maskable = new Set<unknown>(MASKABLE);

type Fields = Record<string, unknown>;

export function isDecision(value: unknown): value is Decision {
  if (!isObject(value)) return false;
  return value.allow === true ? value.reason === null : value.allow === false && isReason(value.reason);
}

export function isExplanation(value: unknown): value is Explanation {
  if (!isObject(value) || !Array.isArray(value.reasons) || !isRemedies(value.remedies)) return false;
  if (value.allow && value.remedies.length > 0) return false;
  return value.allow === (value.reasons.length === 0) && inOrder(value.reasons, precedence);
}

/** Of each module and each permission of the catalog, and of nothing else: what is left out looks like a refusal. */
export function isCapabilitiesOf({ modules, permissions }: CatalogData) {
  return (value: unknown): value is Capabilities =>
    isObject(value) && isOfEach(value.modules, modules) && isOfEach(value.actions, permissions);
}

export function isChangeVerdict(value: unknown): value is ChangeVerdict {
  if (!isObject(value) || !Array.isArray(value.reasons)) return false;
  return value.allow === (value.reasons.length === 0) && inOrder(value.reasons, changePrecedence);
}

/** Nothing but the words of the contract: what is shown to a client is never the policy's own. */
export function isRemedies(value: unknown): value is Remedy[] {
  return Array.isArray(value) && value.every(isRemedy);
}

export function isLayers(value: unknown): value is Layer[] {
  return Array.isArray(value) && value.length > 0 && value.every(isLayer);
}

/** Only what may be erased may be named, or the log could lose what it is for. */
export function isLogTreatment(value: unknown): value is LogTreatment {
  if (!isObject(value) || !Array.isArray(value.mask)) return false;
  return typeof value.drop === 'boolean' && value.mask.every((pointer) => maskable.has(pointer));
}

export function isEffectiveAccess(value: unknown): value is EffectiveAccess {
  if (!isObject(value) || !isObject(value.delegation)) return false;
  const { canManageUsers, canBuyAddons, grantableModules, grantablePermissions } = value.delegation;
  const lists = [value.modules, value.permissions, grantableModules, grantablePermissions];
  return (
    typeof canManageUsers === 'boolean' && typeof canBuyAddons === 'boolean' && lists.every(isStringList)
  );
}

function isReason(value: unknown): value is Reason {
  return precedence.has(value);
}

function isRemedy(value: unknown): boolean {
  if (!isObject(value) || !remedyTypes.has(value.type) || !('who' in value)) return false;
  return Object.entries(value).every(([name, word]) => {
    if (name === 'type') return true;
    return Object.hasOwn(remedyWords, name) && remedyWords[name as keyof typeof remedyWords](word);
  });
}

function isLayer(value: unknown, index: number): boolean {
  if (!isObject(value) || !isObject(value.facts) || value.layer !== layerNames[index]) return false;
  return isText(value.standing) && (value.holds === null || typeof value.holds === 'boolean');
}

function isWho(value: unknown): boolean {
  return value === 'company owner' || value === 'tenant admin';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function precedenceOf(reasons: readonly string[]): Precedence {
  return new Map(reasons.map((reason, index) => [reason, index]));
}

/** A capability is an explanation of something that is no request. */
function isOfEach(capabilities: unknown, of: object): boolean {
  if (!isObject(capabilities)) return false;
  const keys = Object.keys(capabilities);
  return (
    keys.length === Object.keys(of).length &&
    keys.every((key) => Object.hasOwn(of, key) && isExplanation(capabilities[key]))
  );
}

function inOrder(reasons: unknown[], precedence: Precedence): boolean {
  const ranks = reasons.map((reason) => precedence.get(reason) ?? -1);
  return ranks.every((rank, index) => rank > (ranks[index - 1] ?? -1));
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
