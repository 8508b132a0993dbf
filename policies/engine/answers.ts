/** What the engine may say: anything else is a failure, never an answer. */
import { REASONS, type Decision, type EffectiveAccess, type Explanation, type Reason } from '../contract.ts';

const precedence = new Map<unknown, number>(REASONS.map((reason, index) => [reason, index]));

type Fields = Record<string, unknown>;

export function isDecision(value: unknown): value is Decision {
  if (!isObject(value)) return false;
  return value.allow === true ? value.reason === null : value.allow === false && isReason(value.reason);
}

export function isExplanation(value: unknown): value is Explanation {
  if (!isObject(value) || !Array.isArray(value.reasons)) return false;
  return value.allow === (value.reasons.length === 0) && inOrder(value.reasons);
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

function inOrder(reasons: unknown[]): boolean {
  const ranks = reasons.map((reason) => precedence.get(reason) ?? -1);
  return ranks.every((rank, index) => rank > (ranks[index - 1] ?? -1));
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
