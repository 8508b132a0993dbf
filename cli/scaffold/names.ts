import type { Manifest } from '../../modules/manifest/manifest.ts';
import { DEVICES, OWN_FILES, SQL_WORDS } from './reserved.ts';

/** Names in a manifest that its files, tables or columns cannot have. */
export function nameFaults({ key, services, routes, owns }: Manifest): string[] {
  const sql = (what: string, name: string) =>
    SQL_WORDS.has(name) ? [`${what} cannot be named so: ${name} is a word of SQL`] : [];
  const file = (what: string, name: string) =>
    OWN_FILES.has(name) || DEVICES.has(name)
      ? [`${what} cannot be named so: no file can be ${name}.ts here`]
      : [];
  return [
    ...owns.flatMap(({ entity, fields }) => [
      ...sql(`entity ${entity}`, entity),
      ...file(`entity ${entity}`, entity),
      ...fields.flatMap(({ name }) => sql(`field ${entity}.${name}`, name)),
    ]),
    ...services
      .slice(1)
      .flatMap((service) => [
        ...file(`service ${service}`, service.slice(key.length + 1)),
        ...(routes.some((route) => route.service === service) ? [] : [`service ${service} has no route`]),
      ]),
  ];
}
