import { packageOf, type Facts, type Part, type Parts } from './entry.ts';

/** A module's old key and its new one. */
export interface Rekeying {
  from: string;
  to: string;
}

/** A name under a module's key: `basic.event.view` → `promoter.event.view`; another's stays. */
export function rekeyed(name: string, { from, to }: Rekeying): string {
  if (name === from) return to;
  return name.startsWith(`${from}.`) ? to + name.slice(from.length) : name;
}

const NAMES: Partial<Record<Part, (name: string, of: Rekeying) => string>> = {
  module: rekeyed,
  service: rekeyed,
  permission: rekeyed,
  read: rekeyed,
  route: rekeyed,
  sale: (name, { from, to }) => {
    if (name === `package ${packageOf(from)}`) return `package ${packageOf(to)}`;
    return name === `add-on ${from}` ? `add-on ${to}` : name;
  },
};

/** Parts, of the module itself or of another, as they stand once a module was renamed. */
export function rekeyedParts(parts: Parts, of: Rekeying): Parts {
  const renamed = Object.entries(parts).map(([part, items]) => [
    part,
    Object.fromEntries(
      Object.entries(items as Record<string, Facts>).map(([name, facts]) => [
        NAMES[part as Part]?.(name, of) ?? name,
        factsOf(part as Part, facts, of),
      ]),
    ),
  ]);
  return Object.fromEntries(renamed) as Parts;
}

function factsOf(part: Part, facts: Facts, of: Rekeying): Facts {
  if (part === 'sale' && facts['bases'])
    return { ...facts, bases: (facts['bases'] as string[]).map((base) => rekeyed(base, of)).toSorted() };
  if (part !== 'route') return facts;
  const { path, service, module, permission, entity } = facts as Record<string, string | undefined>;
  return {
    ...facts,
    path: path!.replace(`/api/${of.from}/`, `/api/${of.to}/`),
    service: rekeyed(service!, of),
    ...(module && { module: rekeyed(module, of) }),
    ...(permission && { permission: rekeyed(permission, of) }),
    ...(entity && { entity: rekeyed(entity, of) }),
  };
}
