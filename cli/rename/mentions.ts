import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const ROOMS = ['modules', 'systems', 'platform', 'gateway', 'cli', 'test', 'bench'];

/** `file:line` of every place in the sources that still names a module by this key; a person must judge each. */
export function mentionsOf(root: string, key: string): string[] {
  const naming = new RegExp(`['"\`/](?:modules/(?:base|addons)/|systems/|/api/|basic_)?${key}(?:['"\`./])`);
  return ROOMS.filter((room) => existsSync(join(root, room))).flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .flatMap((name) => {
        const lines = readFileSync(join(root, room, name), 'utf8').split('\n');
        const path = [room, ...name.split(sep)].join('/');
        return lines.flatMap((line, index) => (naming.test(line) ? [`${path}:${index + 1}`] : []));
      }),
  );
}
