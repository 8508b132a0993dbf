/** Effective access: what a member can do in a company, and what they may hand on. */
import type { AccessFacts, CatalogData, EffectiveAccess } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeEffective, remembered } from './answers.ts';
import type { Block } from './block.ts';
import type { Court } from './court.ts';

const wholeEffective = remembered(isWholeEffective);

export function examineEffective(court: Court, { access, roles = [], sweep }: Block): void {
  if (access === null) return;
  for (const role of roles) {
    const question = JSON.stringify({ access, role });
    const text = court.ask(ENTRYPOINTS.effective, question);
    const whole = text !== null && wholeEffective(text);
    const cells = whole
      ? itemsOf(court, access, JSON.parse(text) as EffectiveAccess)
      : [{ facts: '"item":"everything"', answer: {} }];
    for (const { facts, answer } of cells) {
      const told = `"role":${JSON.stringify(role)},"answer":${JSON.stringify({ whole, ...answer })}`;
      const cell = `{"kind":"access",${facts},${told}}`;
      court.present(cell, { sweep, entrypoint: ENTRYPOINTS.effective, question });
    }
  }
  court.count(roles.length);
}

interface Item {
  facts: string;
  answer: object;
}

/** The answer as a whole, and each module and permission of the catalog; those that stand alike are told once. */
function itemsOf({ declared, words }: Court, access: AccessFacts, effective: EffectiveAccess): Item[] {
  const { modules, permissions, delegation } = effective;
  const { canManageUsers, canBuyAddons, grantableModules, grantablePermissions } = delegation;
  const entered = new Set(access.modules);
  const may = new Set(access.permissions);
  const listed = { module: new Set(modules), permission: new Set(permissions) };
  const handed = { module: new Set(grantableModules), permission: new Set(grantablePermissions) };
  const seen = new Set<string>();
  const items: Item[] = [];
  const tell = (kind: 'module' | 'permission', key: string, module: string): void => {
    const grants = { module: entered.has(module), permission: kind === 'permission' && may.has(key) };
    const answer = { listed: listed[kind].has(key), grantable: handed[kind].has(key) };
    const alike = `${kind} ${module} ${grants.module} ${grants.permission} ${answer.listed} ${answer.grantable}`;
    if (seen.has(alike)) return;
    seen.add(alike);
    const facts = `"item":"${kind}",${words.company(access, module)},"granted":${JSON.stringify(grants)}`;
    items.push({ facts, answer });
  };
  for (const key of Object.keys(declared.modules)) tell('module', key, key);
  for (const [key, { module }] of Object.entries(declared.permissions)) tell('permission', key, module);
  const whole = {
    facts: `"item":"everything",${words.company(access, null)}`,
    answer: { tidy: isTidy(declared, effective), canManageUsers, canBuyAddons },
  };
  return [whole, ...items];
}

/** Sorted, nothing twice, nothing the catalog does not know. */
function isTidy({ modules, permissions }: CatalogData, effective: EffectiveAccess): boolean {
  const { grantableModules, grantablePermissions } = effective.delegation;
  const ofModules = [effective.modules, grantableModules];
  const ofPermissions = [effective.permissions, grantablePermissions];
  return (
    [...ofModules, ...ofPermissions].every(isSortedSet) &&
    ofModules.flat().every((key) => Object.hasOwn(modules, key)) &&
    ofPermissions.flat().every((key) => Object.hasOwn(permissions, key))
  );
}

function isSortedSet(list: string[]): boolean {
  return list.every((item, index) => index === 0 || list[index - 1]! < item);
}
