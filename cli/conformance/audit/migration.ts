import type { Found } from './audit.ts';

/** One step away from a legacy module: what goes, and what takes its place. */
export interface Step {
  title: string;
  replacedBy: string;
  rules: string[];
}

/** In this order the module works after every step: nothing is dropped while something still asks it. */
export const STEPS: Step[] = [
  {
    title: 'token checks',
    rules: ['KSM-V01'],
    replacedBy: "the kit's validateJwt: defineModule puts it before every handler",
  },
  {
    title: 'roles, permissions and claims',
    rules: ['KSM-V02', 'KSM-V03', 'KSM-V04'],
    replacedBy:
      "permissions declared in module.yaml, enforced by the kit's requireModule and requirePermission",
  },
  {
    title: 'the company of a request',
    rules: ['KSM-V08'],
    replacedBy: "x-org, checked by the kit's requireCompanyContext: request.company",
  },
  {
    title: 'questions to Core and Auth, entitlements',
    rules: ['KSM-V09', 'KSM-V10'],
    replacedBy: "the kit's resolveAccessContext, once for every request",
  },
  {
    title: 'local users, roles and logins',
    rules: ['KSM-V05', 'KSM-V06', 'KSM-V07'],
    replacedBy: 'Auth: keep users.id where a row names its author, drop the tables in a migration',
  },
  {
    title: 'data of other modules',
    rules: ['KSM-V11', 'KSM-V12', 'KSM-V13'],
    replacedBy: 'spec.data.reads in module.yaml and request.base; what nobody shares stays with its owner',
  },
  {
    title: 'secrets in logs',
    rules: ['KSM-V14'],
    replacedBy: "the kit's one line for every request",
  },
];

export interface Task extends Step {
  count: number;
  files: string[];
}

/** What is left to do, in order. */
export function migrationOf(found: Found[]): Task[] {
  return STEPS.flatMap((step) => {
    const own = found.filter(({ rule }) => step.rules.includes(rule));
    const files = [...new Set(own.map(({ file }) => file))].sort();
    return own.length === 0 ? [] : [{ ...step, count: own.length, files }];
  });
}

export function migrationText(tasks: Task[]): string {
  const steps = tasks.map(({ title, replacedBy, count, files }, index) =>
    [
      `${index + 1}. ${title}: ${count} in ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
      `   → ${replacedBy}`,
      ...files.map((file) => `     ${file}`),
    ].join('\n'),
  );
  return ['Migration, in this order', ...steps].join('\n');
}
