import { readFile } from 'node:fs/promises';
import { projectFile } from '../../policies/root.ts';
import { parseSnapshot } from '../../policies/workbench/impact/snapshot.ts';
import { ODD_CATALOG } from '../../policies/workbench/proof/odd-catalog.ts';
import { findTool } from '../../policies/workbench/tool.ts';
import { watchPolicies, type Looking } from '../../policies/workbench/watch/loop.ts';
import { openProver } from '../../policies/workbench/watch/prover.ts';
import { reviewChange } from '../../policies/workbench/watch/review.ts';
import { STEPS, holds, type Desk } from '../../policies/workbench/watch/shape.ts';
import { declaredData } from '../catalog/declared-data.ts';
import { declaredManifests } from '../catalog/declared.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { touchedLines, verdict } from '../policy-watch/lines.ts';
import { screen, stepLines } from '../policy-watch/screen.ts';
import { currentSnapshot } from './policy-snapshot.ts';

export interface WatchOptions {
  once?: boolean;
  data?: string;
}

/** Looks at the policies at every save until Ctrl-C; `once`: now, and ends with 1 when something does not hold. */
export async function watch({ once = false, data }: WatchOptions): Promise<Outcome | void> {
  if (!once && process.argv.includes('--json'))
    throw new CliError(EXIT.usage, 'a watch has no end and no one JSON document: say --once beside --json');
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const declared = declaredData(declaredManifests());
  const routes = Object.keys(declared.routes).length;
  const desk: Desk = {
    place: {
      policies: projectFile('policies'),
      opa: await findTool('opa', log),
      regal: await findTool('regal', log),
    },
    people: data === undefined ? peopleOfDatabase() : await peopleOfFile(data),
    prover: openProver([
      { name: 'the module manifests', declared },
      { name: 'a catalog of odd things', declared: ODD_CATALOG },
    ]),
  };
  if (once) return lookOnce(desk, routes);
  // Whoever waits for the first save need not wait for these then.
  desk.prover.warmUp();
  void desk.people();
  await watchPolicies(
    desk,
    process.stdout.isTTY ? redraw(routes) : tell(routes),
    new AbortController().signal,
  );
}

type People = Desk['people'];

async function peopleOfFile(file: string): Promise<People> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.usage, `--data ${file} cannot be read`, cause);
  });
  const snapshot = parseSnapshot(text, file);
  return () => Promise.resolve(snapshot);
}

/** Read once, when first asked for. Without a database, or with nobody in it, a watch still has much to say. */
function peopleOfDatabase(): People {
  let people: ReturnType<People> | undefined;
  return () =>
    (people ??= currentSnapshot().catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    ));
}

async function lookOnce(desk: Desk, routes: number): Promise<Outcome> {
  const { signal } = new AbortController();
  const review = await reviewChange(desk, { laws: false, saw: () => {}, signal });
  desk.prover.close();
  const { touched, steps, proof, deeper, impact, ms } = review;
  return {
    text: screen({ saved: [], review, done: true }, routes),
    data: { touched, steps, proof, deeper, impact, ms: Math.round(ms) },
    examined: { steps: STEPS.filter((name) => steps[name].state !== 'skipped').length },
    exitCode: holds(review) ? EXIT.ok : EXIT.findings,
  };
}

const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** One screen, drawn anew whenever there is more to see. */
function redraw(routes: number): (looking: Looking) => void {
  return (looking) => {
    const { columns = 80, rows = 24 } = process.stdout;
    const hint = looking.done ? 'waiting for a save; Ctrl-C ends' : 'looking';
    const shown = screen(looking, routes, { columns, rows: rows - 3 });
    process.stdout.write(`${CLEAR}kisum-cli policy watch: ${hint}\n\n${shown}\n`);
  };
}

/** For a log: each line once, when it is sure; the deeper proof comes after the verdict. */
function tell(routes: number): (looking: Looking) => void {
  let told: Looking['review'] | null = null;
  return ({ saved, review, done }) => {
    const lines: string[] = [];
    if (review.ms > 0 && told !== review) {
      told = review;
      const steps = STEPS.filter((name) => name !== 'deeper');
      lines.push(...touchedLines(saved, review, routes), ...steps.flatMap((name) => stepLines(name, review)));
      lines.push(verdict(review));
    }
    if (done) lines.push(...stepLines('deeper', review), 'waiting for a save', '');
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  };
}
