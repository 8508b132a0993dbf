import { readFileSync } from 'node:fs';
import { projectFile } from '../policies/root.ts';

/** Of this tool, as its package says. */
export function cliVersion(): string {
  const { version } = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string };
  return version;
}
