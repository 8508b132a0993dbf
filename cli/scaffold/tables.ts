import { isForeign } from '../../modules/manifest/fields.ts';
import type { OwnedEntity } from '../../modules/manifest/manifest.ts';
import { CliError, EXIT } from '../errors.ts';

/** A table stands before those that point to it. Throws CliError 2 where two point to each other. */
export function tablesInOrder(owns: OwnedEntity[]): OwnedEntity[] {
  const placed: OwnedEntity[] = [];
  while (placed.length < owns.length) {
    const waiting = owns.filter((owned) => !placed.includes(owned));
    const next = waiting.find((owned) =>
      targetsOf(owned).every((to) => placed.some((it) => it.entity === to)),
    );
    if (!next) {
      const names = waiting.map(({ entity }) => entity).join(', ');
      throw new CliError(
        EXIT.usage,
        `${names} point to each other: leave one reference out, and add it in a second migration`,
      );
    }
    placed.push(next);
  }
  return placed;
}

function targetsOf({ entity, fields }: OwnedEntity): string[] {
  return fields.flatMap(({ to }) => (to === undefined || to === entity || isForeign(to) ? [] : [to]));
}
