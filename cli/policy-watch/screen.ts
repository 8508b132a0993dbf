import { stripVTControlCharacters } from 'node:util';
import type { Looking } from '../../policies/workbench/watch/loop.ts';
import { STEPS, type Review, type StepName } from '../../policies/workbench/watch/shape.ts';
import { foundIn, stepLine, touchedLines, verdict } from './lines.ts';

/** Of a terminal. */
export interface Room {
  columns: number;
  rows: number;
}

/** Where nothing is too long. */
const PAPER: Room = { columns: Infinity, rows: Infinity };

/** Everything there is to see of a look, at its end or before, in the room there is. */
export function screen({ saved, review }: Looking, routes: number, room: Room = PAPER): string {
  const head = [...touchedLines(saved, review, routes), ''];
  const foot = review.ms > 0 ? ['', verdict(review)] : [];
  const crowded = STEPS.filter((name) => foundIn(name, review).lines.length > 0).length;
  const left = room.rows - head.length - foot.length - STEPS.length;
  const each = Math.max(2, Math.floor(left / Math.max(1, crowded)));
  const steps = STEPS.flatMap((name) => stepLines(name, review, each));
  return [...head, ...steps, ...foot].map((line) => cut(line, room.columns)).join('\n');
}

/** A step in one line, and below it what was found. @param most lines of that */
export function stepLines(name: StepName, review: Review, most = Infinity): string[] {
  const { lines, command } = foundIn(name, review);
  const shown =
    lines.length > most ? [...lines.slice(0, most - 1), `… all of it: kisum-cli ${command}`] : lines;
  return [stepLine(name, review), ...shown.map((line) => `    ${line}`)];
}

/** What is too long loses its colours: half of one would colour what follows. */
function cut(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length > columns ? `${plain.slice(0, columns - 1)}…` : line;
}
