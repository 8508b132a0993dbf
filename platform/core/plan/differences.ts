import { equal } from '../../../policies/canonical.ts';
import type { Facts, Part, Parts } from './entry.ts';

/** One thing that is added (+), changed (~) or taken away (-). */
export interface Difference {
  mark: '+' | '~' | '-';
  part: Part;
  name: string;
  /** What is or was said of it; only what differs where it changes. */
  before?: Facts;
  after?: Facts;
}

/** From one set of parts to another, sorted by part and name. */
export function differences(before: Parts, after: Parts): Difference[] {
  return (Object.keys(after) as Part[]).flatMap((part) =>
    [...new Set([...Object.keys(before[part]), ...Object.keys(after[part])])]
      .sort()
      .flatMap((name) => difference(part, name, own(before[part], name), own(after[part], name))),
  );
}

/** An entity may be called `constructor`, which every object has. */
function own(facts: Record<string, Facts>, name: string): Facts | undefined {
  return Object.hasOwn(facts, name) ? facts[name] : undefined;
}

function difference(part: Part, name: string, before?: Facts, after?: Facts): Difference[] {
  if (!before) return [{ mark: '+', part, name, after: after! }];
  if (!after) return [{ mark: '-', part, name, before }];
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((fact) => !equal(before[fact] ?? null, after[fact] ?? null))
    .sort();
  if (changed.length === 0) return [];
  return [{ mark: '~', part, name, before: only(before, changed), after: only(after, changed) }];
}

function only(facts: Facts, names: string[]): Facts {
  return Object.fromEntries(names.map((name) => [name, facts[name] ?? null]));
}

/** What somebody may lean on: taking it away breaks them. */
const RELIED_ON: Part[] = ['service', 'permission', 'entity', 'field', 'route', 'sale'];
/** Facts that clients, grants or companies lean on, by part. */
const PROMISES: Partial<Record<Part, string[]>> = {
  route: ['method', 'path', 'access', 'permission'],
  field: ['type'],
};

/** Why a difference breaks somebody, or nothing. */
export function breakage({ mark, part, name, before, after }: Difference): string | undefined {
  if (mark === '-') return RELIED_ON.includes(part) ? `takes away ${part} ${name}` : undefined;
  if (mark === '+' || !before || !after) return undefined;
  const broken = (PROMISES[part] ?? []).filter((fact) => fact in after);
  if (broken.length > 0) return `changes ${broken.join(', ')} of ${part} ${name}`;
  if (part === 'entity' && before['shared'] === true && after['shared'] === false)
    return `shares ${name} no longer`;
  if (part === 'sale' && narrows(before['bases'], after['bases'])) return `sells ${name} with fewer bases`;
  return undefined;
}

/** No bases named means every base. */
function narrows(before: unknown, after: unknown): boolean {
  const [was, becomes] = [before ?? [], after ?? []] as [string[], string[]];
  if (becomes.length === 0) return false;
  return was.length === 0 || was.some((base) => !becomes.includes(base));
}
