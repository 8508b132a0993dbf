import type { SnapshotCompany, SnapshotMember } from '../../policies/workbench/impact/snapshot.ts';
import { CliError, EXIT } from '../errors.ts';
import { didYouMean } from '../nearest.ts';

interface Named {
  id: string;
  name?: string;
}

/** The one that is called so, by name in any case or by id. Throws CliError 2. */
export function oneCalled<Item extends Named>(items: readonly Item[], text: string, what: string): Item {
  const wanted = text.toLowerCase();
  const found = items.filter(
    ({ id, name }) => id === wanted || id === text || name?.toLowerCase() === wanted,
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ');
    throw new CliError(EXIT.usage, `several ${what} are called "${text}": say which by id: ${ids}`);
  }
  const names = items.map(({ id, name }) => name ?? id);
  throw new CliError(EXIT.usage, `none of the ${what} is called "${text}"${didYouMean(text, names)}`);
}

export function companyCalled(companies: readonly SnapshotCompany[], text: string): SnapshotCompany {
  return oneCalled(companies, text, 'companies in the snapshot');
}

export function memberCalled({ id, name, members }: SnapshotCompany, text: string): SnapshotMember {
  return oneCalled(members, text, `members of ${name ?? id}`);
}

/** The key itself, if it is one. Throws CliError 2. */
export function keyAmong(table: Record<string, unknown>, key: string, what: string): string {
  if (Object.hasOwn(table, key)) return key;
  throw new CliError(EXIT.usage, `no ${what} is called "${key}"${didYouMean(key, Object.keys(table))}`);
}
