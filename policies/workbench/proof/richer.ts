import type { AccessFacts, CatalogData } from '../../contract.ts';
import { ACTIVE } from './periods.ts';

/** The same member with one thing more: each add-on bought, each module granted, every permission granted. */
export function richer(catalog: CatalogData, access: AccessFacts): { added: string; access: AccessFacts }[] {
  const addons = Object.keys(catalog.addons).map((addon) => ({
    added: `the add-on ${addon}`,
    access: { ...access, addons: [...access.addons, { addon, ...ACTIVE }] },
  }));
  const modules = missing(Object.keys(catalog.modules), access.modules).map((module) => ({
    added: `the grant of ${module}`,
    access: { ...access, modules: [...access.modules, module] },
  }));
  const permissions = missing(Object.keys(catalog.permissions), access.permissions);
  const everything = { ...access, permissions: [...access.permissions, ...permissions] };
  return [...addons, ...modules, { added: 'the grant of every permission', access: everything }];
}

function missing(all: string[], some: string[]): string[] {
  return all.filter((key) => !some.includes(key));
}
