import { quoted, type Fact } from '../facts.ts';
import type { AuditRule, Surroundings } from '../rule.ts';

export const dataRules: AuditRule[] = [
  {
    id: 'KSM-V11',
    kind: 'audit',
    severity: 'error',
    title: 'A module touches no table of another module',
    why: "The other module's table changes without notice, and its rules about who may read do not hold for a query.",
    fix: 'declare the read in module.yaml (spec.data.reads) and ask the kit: request.base.get or request.base.list',
    fault(fact, { others }) {
      if (fact.kind !== 'table') return undefined;
      const table = fact.name.at(-1) ?? '';
      const schema = fact.name.at(-2);
      const owner = others.find(
        ({ key, entities }) => schema === key || entities.some((entity) => table === `${key}_${entity}`),
      );
      return owner && `touches ${fact.name.join('.')} of ${owner.key}`;
    },
  },
  {
    id: 'KSM-V12',
    kind: 'audit',
    severity: 'warn',
    title: "A table with the name of another module's entity is this module's own",
    why: "In a shared database it is most likely the other module's table.",
    fix: 'if it is theirs, declare the read (spec.data.reads) and ask request.base; if it is yours, create it in a migration here',
    fault(fact, surroundings) {
      if (fact.kind !== 'table' || fact.use === 'create' || fact.name.length > 1) return undefined;
      const [table = ''] = fact.name;
      const owners = surroundings.others.filter(({ entities }) => entities.includes(table));
      if (owners.length === 0 || surroundings.own.has(table) || surroundings.created.has(table))
        return undefined;
      return `queries ${table}, which ${owners.map(({ key }) => key).join(' and ')} owns`;
    },
  },
  {
    id: 'KSM-V13',
    kind: 'audit',
    severity: 'error',
    title: 'No module calls another module',
    why: 'Two modules that call each other fall together, and the second never learns for whom it answers.',
    fix: 'declare what is read of Base (spec.data.reads) and ask request.base; what an addon owns stays with it',
    fault: (fact, surroundings) => moduleCall(fact, surroundings),
  },
];

function moduleCall(fact: Fact, { others }: Surroundings): string | undefined {
  if (fact.kind !== 'text') return undefined;
  const called = others.find(({ key }) => {
    const name = key.replaceAll('_', '[_-]');
    const path = `/api/${name}(?=[/?#]|$)`;
    const host = `^[a-z]+://${name}(?:-(?:service|api|backend))?(?=[.:/]|$)`;
    return new RegExp(`${path}|${host}`, 'i').test(fact.text);
  });
  return called && `calls ${called.key}: ${quoted(fact.text)}`;
}
