/** Whether an answer has the shape the contract gives it. What it says is for the invariants. */
import type { Capabilities, ChangeVerdict, Layer, LogTreatment } from '../../contract.ts';

type Fields = Record<string, unknown>;

/** Answers are few and come often: each text is looked at once. */
export function remembered<A, T>(look: (answer: A) => T): (text: string) => T {
  const seen = new Map<string, T>();
  return (text) => {
    const known = seen.get(text);
    if (known !== undefined) return known;
    const found = look(JSON.parse(text) as A);
    seen.set(text, found);
    return found;
  };
}

export function isWholeDecision(answer: unknown): boolean {
  if (!isObject(answer) || typeof answer['allow'] !== 'boolean') return false;
  return answer['reason'] === null || typeof answer['reason'] === 'string';
}

export function isWholeExplanation(answer: unknown): boolean {
  if (!isObject(answer) || typeof answer['allow'] !== 'boolean') return false;
  return isTexts(answer['reasons']) && Array.isArray(answer['remedies']);
}

export function isWholeEffective(answer: unknown): boolean {
  if (!isObject(answer) || !isObject(answer['delegation'])) return false;
  const { canManageUsers, canBuyAddons, grantableModules, grantablePermissions } = answer['delegation'];
  const lists = [answer['modules'], answer['permissions'], grantableModules, grantablePermissions];
  return typeof canManageUsers === 'boolean' && typeof canBuyAddons === 'boolean' && lists.every(isTexts);
}

export function isWholeCapabilities(answer: unknown): answer is Capabilities {
  if (!isObject(answer)) return false;
  return [answer['modules'], answer['actions']].every(
    (part) => isObject(part) && Object.values(part).every(isWholeExplanation),
  );
}

export function isWholeVerdict(answer: unknown): answer is ChangeVerdict {
  return isObject(answer) && typeof answer['allow'] === 'boolean' && isTexts(answer['reasons']);
}

export function isWholeLayers(answer: unknown): answer is Layer[] {
  return (
    Array.isArray(answer) &&
    answer.every(
      (it: unknown) =>
        isObject(it) && isObject(it['facts']) && typeof it['standing'] === 'string' && 'holds' in it,
    )
  );
}

export function isWholeTreatment(answer: unknown): answer is LogTreatment {
  return isObject(answer) && typeof answer['drop'] === 'boolean' && isTexts(answer['mask']);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
