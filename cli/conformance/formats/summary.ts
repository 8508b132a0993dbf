import type { Report } from './format.ts';

/** `2 errors, 1 warning; examined 8 modules, 61 files`: never without what was looked at. */
export function summary({ findings, examined, notExamined = [] }: Report): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const found = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  const looked = Object.entries(examined).map(([kind, amount]) => `${amount} ${kind}`);
  return [
    found.join(', ') || 'no findings',
    `examined ${looked.join(', ') || 'nothing'}`,
    ...(notExamined.length > 0 ? [`not examined: ${notExamined.length}`] : []),
  ].join('; ');
}

/** Whether some kind of thing was to be examined and none of it was: then nothing has passed. */
export function vacuous({ examined }: Report): boolean {
  const amounts = Object.values(examined);
  return amounts.length === 0 || amounts.includes(0);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
