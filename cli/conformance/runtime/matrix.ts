import pc from 'picocolors';
import type { MatrixRow } from './examination.ts';
import { RUNTIME_RULES } from './rules.ts';

const SIGNS = { pass: pc.green('✓'), fail: pc.red('✗'), open: pc.yellow('?'), '-': pc.dim('·') };

/** Route × probe, one sign a cell, and what the signs mean. */
export function matrixText(matrix: MatrixRow[]): string {
  if (matrix.length === 0) return '';
  const width = Math.max(...matrix.map(({ route }) => route.length));
  const numbers = RUNTIME_RULES.map(({ id }) => id.slice(-2)).join(' ');
  const rows = matrix.map(
    ({ route, cells }) =>
      `${route.padEnd(width)}  ${RUNTIME_RULES.map(({ id }) => ` ${SIGNS[cells[id] ?? '-']}`).join(' ')}`,
  );
  return [
    `${'KSM-P'.padStart(width)}  ${numbers}`,
    ...rows,
    `${SIGNS.pass} holds  ${SIGNS.fail} broken  ${SIGNS.open} not examined  ${SIGNS['-']} does not apply`,
  ].join('\n');
}
