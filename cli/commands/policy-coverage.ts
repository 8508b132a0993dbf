import pc from 'picocolors';
import type { FileCoverage } from '../../policies/workbench/coverage.ts';
import { columns } from '../columns.ts';

/** A row for each file with what no test reaches, and the whole. */
export function coverageText(files: FileCoverage[], percent: number, threshold: number): string {
  const rows = files.map(({ file, lines, covered, open }) => [
    `${((100 * covered) / lines).toFixed(1)} %`,
    file,
    open.length === 0 ? '' : `not reached: ${open.map(range).join(', ')}`,
  ]);
  const verdict = `${percent.toFixed(1)} % of the rules' lines, ${threshold} % are asked for`;
  return [columns(rows), '', percent < threshold ? pc.red(verdict) : pc.green(verdict)].join('\n');
}

function range([first, last]: [number, number]): string {
  return first === last ? String(first) : `${first}–${last}`;
}
