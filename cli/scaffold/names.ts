import type { Manifest } from '../../modules/manifest/manifest.ts';
import { DEVICES, OWN_FILES } from './reserved.ts';

/** Names in a manifest that its files cannot have. */
export function nameFaults({ key, services, routes, owns }: Manifest): string[] {
  const file = (what: string, name: string) =>
    OWN_FILES.has(name) || DEVICES.has(name)
      ? [`${what} cannot be named so: no file can be ${name}.ts here`]
      : [];
  return [
    ...owns.flatMap(({ entity }) => file(`entity ${entity}`, entity)),
    ...services
      .slice(1)
      .flatMap((service) => [
        ...file(`service ${service}`, service.slice(key.length + 1)),
        ...(routes.some((route) => route.service === service) ? [] : [`service ${service} has no route`]),
      ]),
  ];
}
