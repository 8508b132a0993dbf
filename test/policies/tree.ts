import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { projectFile } from '../../policies/root.ts';

/** A copy of the policies that a test may spoil. */
export interface PolicyTree {
  policies: string;
  file: (name: string) => string;
  read: (name: string) => string;
  write: (name: string, text: string) => void;
  /** Puts one text in the place of another, which must stand there. */
  edit: (name: string, from: string, to: string) => void;
  remove: () => void;
}

export function openTree(): PolicyTree {
  const policies = mkdtempSync(join(tmpdir(), 'kisum-tree-'));
  cpSync(projectFile('policies'), policies, {
    recursive: true,
    filter: (path) => !['.ts', '.mod', '.sum'].includes(extname(path)),
  });
  const file = (name: string) => join(policies, name);
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const write = (name: string, text: string) => writeFileSync(file(name), text);
  const edit = (name: string, from: string, to: string) => {
    const text = read(name);
    if (!text.includes(from)) throw new Error(`${name} does not hold: ${from}`);
    write(name, text.replace(from, to));
  };
  return { policies, file, read, write, edit, remove: () => rmSync(policies, { recursive: true }) };
}
