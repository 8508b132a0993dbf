import type { ModuleFolder } from '../static/source.ts';

/** A module that is wrong in one thing, and the rules that must find it. */
export interface Mutant {
  name: string;
  edits: Edit[];
  expected: string[];
}

/** A replacement has to find its text: a mutant that changes nothing proves nothing. */
export type Edit = { file: string } & (
  { find: string; replace: string } | { append: string } | { create: string } | { remove: true }
);

/** @param expected without their prefix: `R01`, or several: `B01 B02` */
export function mutant(name: string, expected: string, ...edits: Edit[]): Mutant {
  return { name, edits, expected: expected.split(' ').map((id) => `KSM-${id}`) };
}

/** The module with the mutant's edits. Throws when one cannot be made. */
export function mutated(module: ModuleFolder, { name, edits }: Mutant): ModuleFolder {
  const files = new Map(module.files);
  for (const edit of edits) {
    const text = files.get(edit.file);
    const wrong = (why: string) => new Error(`mutant "${name}": ${edit.file} ${why}`);
    if ('create' in edit) {
      if (text !== undefined) throw wrong('is there already');
      files.set(edit.file, edit.create);
      continue;
    }
    if (text === undefined) throw wrong('is not there');
    if ('remove' in edit) files.delete(edit.file);
    else if ('append' in edit) files.set(edit.file, `${text}\n${edit.append}\n`);
    else if (!text.includes(edit.find)) throw wrong(`holds no "${edit.find}"`);
    else
      files.set(
        edit.file,
        text.replace(edit.find, () => edit.replace),
      );
  }
  return { ...module, files };
}
