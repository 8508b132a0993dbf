import type { CatalogPlan } from '../../platform/core/plan/plan.ts';
import type { Difference } from '../../platform/core/plan/differences.ts';

/** A way in which the manifests, the database and what runs are not the same. */
export interface Drift {
  /** Of what should be there: `missing`, `extra`, `changed(title)`, or `unregistered permission`. */
  class: string;
  /** Which two differ. */
  between: 'manifest and database' | 'database and running';
  module: string;
  what: string;
}

/** What the database holds otherwise than the manifests declare. A module that is known to be orphaned is no drift. */
export function driftOf({ changes }: CatalogPlan): Drift[] {
  const between = 'manifest and database' as const;
  return changes.flatMap(({ kind, module, from, what }): Drift[] => {
    const drift = (cls: string, text: string): Drift => ({ class: cls, between, module, what: text });
    switch (kind) {
      case 'add':
        return [drift('missing', `module ${module}`)];
      case 'orphan':
        return [drift('extra', `module ${module}`)];
      case 'revive':
        return [drift('changed(status)', `module ${module} is orphaned, and declared`)];
      case 'rename':
        return [drift('changed(key)', `module ${module} is still called ${from}`)];
      case 'retype':
        return [drift('changed(type)', `module ${module} is still of type ${from}`)];
      case 'change':
        return what.map((it) => drift(classOf(it), `${it.part} ${it.name}`));
    }
  });
}

function classOf({ mark, part, after }: Difference): string {
  if (mark === '-') return 'extra';
  if (mark === '~') return `changed(${Object.keys(after!).join(', ')})`;
  return part === 'permission' ? 'unregistered permission' : 'missing';
}
