import { mutant, type Mutant } from '../mutant.ts';

/** Something more at the end of a file of the module's own code. */
export function written(name: string, expected: string, append: string): Mutant {
  return mutant(name, expected, { file: 'note.ts', append });
}

/** Something more before the imports of that file. */
export function imported(name: string, expected: string, line: string): Mutant {
  const find = "import { collection } from '../../kit/index.ts';";
  return mutant(name, expected, { file: 'note.ts', find, replace: `${line}\n${find}` });
}

/** One more statement in the module's migration. */
export function migrated(name: string, expected: string, statement: string): Mutant {
  const find = "      'create index comment_newest";
  const replace = `      ${JSON.stringify(statement)},\n${find}`;
  return mutant(name, expected, { file: 'migrations.ts', find, replace });
}

/** A text of a file replaced by another. */
export function changed(name: string, expected: string, file: string, find: string, replace: string): Mutant {
  return mutant(name, expected, { file, find, replace });
}
