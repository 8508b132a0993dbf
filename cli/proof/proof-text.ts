/** A proof for people: what was looked at, what held, and what did not as a story. */
import type { OpenInput } from '../../policies/workbench/proof/closed-input.ts';
import type { Proof, ProvenCatalog } from '../../policies/workbench/proof/prove.ts';
import type { Replayed } from '../../policies/workbench/proof/replay.ts';
import { storyOf } from '../../policies/workbench/proof/story.ts';
import { columns } from '../columns.ts';

interface Told {
  proof: Proof;
  open: OpenInput[];
  covered: bigint;
  seconds: number;
  quick: boolean;
  catalogs: ProvenCatalog[];
  revision: string;
  out: string | undefined;
}

export function proofText(told: Told): string {
  const { proof, open } = told;
  return [
    lawLines(proof),
    ...countLines(told),
    ...open.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ...proof.vacuous.map((law) => `never applied: ${law}`),
    ...proof.violations.flatMap((violation) => ['', ...storyOf(violation)]),
    ...(proof.violations.length > 0 ? ['', replayHint(told.out)] : []),
    verdict(told),
  ].join('\n');
}

function lawLines({ byInvariant }: Proof): string {
  const rows = Object.entries(byInvariant).map(([law, { applied, broken }]) => [
    broken === 0 ? 'holds' : 'BROKEN',
    law,
    broken === 0 ? `${grouped(applied)} cells` : `${grouped(broken)} of ${grouped(applied)} cells`,
  ]);
  return columns(rows);
}

function countLines({ proof, covered, seconds, quick, catalogs }: Told): string[] {
  const { evaluated, questions, distinct } = proof;
  const each = Math.round(evaluated / seconds);
  return [
    `evaluated  ${grouped(evaluated)} cells, ${grouped(questions)} answers, in ${seconds.toFixed(1)} s (${grouped(each)} cells/s)`,
    `           told apart by the invariants: ${grouped(distinct)}`,
    ...(quick
      ? []
      : [
          `covered    about 10^${String(covered).length - 1} cells of ${catalogs[0]!.name}: docs/decisions/what-proved-means.md`,
        ]),
    `catalogs   ${catalogs.map(({ name, declared }) => `${name} (${Object.keys(declared.routes).length} routes)`).join(', ')}`,
  ];
}

/** The word is kept for what it means: everything holds, everywhere, of all that the rules can read. */
function verdict({ proof, open, quick, revision }: Told): string {
  const { violations, vacuous, byInvariant } = proof;
  const laws = `${Object.keys(byInvariant).length} invariants`;
  if (violations.length > 0) return `refuted: revision ${revision} breaks ${violations.length} of ${laws}`;
  if (open.length > 0)
    return `checked, not proved: the rules read more than the closed schemas (${open.length} places)`;
  if (vacuous.length > 0) return `checked, not proved: ${vacuous.length} of ${laws} never applied`;
  if (quick)
    return `checked, not proved: ${laws} hold of revision ${revision} on representatives; without --quick it is proved`;
  return `proved: ${laws} hold of revision ${revision}`;
}

function replayHint(out: string | undefined): string {
  return out === undefined
    ? 'Keep them with --out <file>; kisum-cli policy prove --replay <file> asks again.'
    : `kept in ${out}: kisum-cli policy prove --replay ${out}`;
}

export function replayText({ answers, laws, counterexamples }: Replayed): string {
  return [
    ...Object.entries(answers).map(([entrypoint, answer]) => `${entrypoint}  ${JSON.stringify(answer)}`),
    ...laws.map(({ law, holds }) => `${holds ? 'holds ' : 'BROKEN'}  ${law}`),
    ...counterexamples.flatMap((it) => ['', ...storyOf(it)]),
  ].join('\n');
}

const REPORTS = 10;

/** Tells how far it is, every tenth. */
export function progressLine(log: (line: string) => void): (cells: number, of: number) => void {
  let told = 0;
  return (cells, of) => {
    const part = Math.floor((REPORTS * cells) / of);
    if (part <= told) return;
    told = part;
    log(`prove: ${grouped(cells)} of about ${grouped(of)} cells`);
  };
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
