import { inTests, rule, type StaticRule } from '../rule.ts';
import type { FactOf } from '../facts.ts';

const CASES = ['it', 'test', 'specify'];
const GROUPS = ['describe', 'context', 'suite'];

function isLiveCase({ path, withFunction }: FactOf<'call'>): boolean {
  return path.length === 1 && CASES.includes(path[0]!) && withFunction;
}

export const TESTS: StaticRule[] = [
  rule(
    'T01',
    {
      title: 'A module has tests of its own',
      why: 'Nobody else knows what its rules are meant to be.',
      fix: 'Write <key>.test.ts beside the code, or <folder>.test.ts under test/, with at least one it(…)',
    },
    ({ key, sources }) => {
      if (sources.length === 0) return [];
      const tests = sources.filter(({ isTest }) => isTest);
      const live = tests.some(({ facts }) => facts.some((fact) => fact.kind === 'call' && isLiveCase(fact)));
      return live ? [] : [{ file: tests[0]?.path ?? 'module.yaml', message: `${key} has no test` }];
    },
  ),
  rule(
    'T02',
    {
      title: 'No test is left out',
      why: 'A skipped test passes, and only() skips all the others.',
      fix: 'Write the test, or take it away',
    },
    inTests('call', ({ path, withFunction }) => {
      const [first = '', second = ''] = path;
      if (/^x(?:it|describe|context|specify)$/.test(first)) return `${first} leaves tests out`;
      if (![...CASES, ...GROUPS].includes(first)) return undefined;
      if (second === 'only' || second === 'skip') return `${first}.${second} leaves tests out`;
      return path.length === 1 && !withFunction ? `${first} without a body tests nothing` : undefined;
    }),
  ),
];
