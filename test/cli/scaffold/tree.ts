import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { parseManifest } from '../../../modules/manifest/read.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { readEntity } from '../../../cli/scaffold/entity-spec.ts';
import { manifestText, type Answers } from '../../../cli/scaffold/manifest-text.ts';
import { planModule, type ModulePlan } from '../../../cli/scaffold/plan.ts';

export const UID = '01M834NVW8AG4R938PM2KBQ3VP';

/** A project's folders with nothing in them, inside a folder of their own. */
export function emptyRoot(): string {
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'kisum-scaffold-'))), 'root');
  for (const room of ['modules/base', 'modules/addons', 'systems'])
    mkdirSync(join(root, room), { recursive: true });
  return root;
}

/** Path → content of everything under a folder; a folder ends with `/` and has none. */
export function treeOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      const isFolder = lstatSync(path).isDirectory();
      const label = name.split(sep).join('/') + (isFolder ? '/' : '');
      return [label, isFolder || lstatSync(path).isSymbolicLink() ? '' : readFileSync(path, 'utf8')];
    }),
  );
}

/** What someone might answer, with what is given instead. */
export function answersWith(given: Partial<Answers> = {}): Answers {
  const owns = ['deal:amount=money,status=open>signed'].map((spec) => entity(spec));
  const prose = { title: 'Market', owner: 'team-market', purpose: 'Deals.' };
  return { key: 'market', type: 'addon', ...prose, owns, reads: [], mustNot: ['move money'], ...given };
}

/** Throws when the spec has a fault. */
export function entity(spec: string) {
  return readEntity(spec, (fault) => {
    throw new Error(fault);
  });
}

export function manifestWith(given: Partial<Answers> = {}): { manifest: Manifest; text: string } {
  const text = manifestText(answersWith(given), UID);
  return { manifest: parseManifest(text, 'module.yaml'), text };
}

export function planWith(root: string, given: Partial<Answers> = {}): Promise<ModulePlan> {
  const { manifest, text } = manifestWith(given);
  return planModule(root, manifest, text);
}
