/** The golden cases: questions and answers as data, run through every form of the policy. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogData } from '../../policies/contract.ts';
import { projectFile } from '../../policies/root.ts';

export interface GoldenCase {
  name: string;
  entrypoint: 'decision' | 'explanation' | 'effective' | 'capabilities' | 'delegation';
  input: never;
  expected: unknown;
}

const FOLDER = projectFile('test', 'policies', 'golden');
const CATALOG = 'catalog.json';

export const CATALOG_FILE = join(FOLDER, CATALOG);

export function goldenCatalog(): CatalogData {
  return JSON.parse(readFileSync(CATALOG_FILE, 'utf8')) as CatalogData;
}

/** File name without ending → its cases. */
export function goldenCases(): Map<string, GoldenCase[]> {
  const files = readdirSync(FOLDER).filter((file) => file !== CATALOG);
  return new Map(
    files.map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as GoldenCase[],
    ]),
  );
}
