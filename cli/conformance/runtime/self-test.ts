import { examine } from './examine.ts';
import type { Examination } from './examination.ts';
import { CLEAN, type Mutant, MUTANTS } from './mutants.ts';
import { REFERENCE } from './mutants/reference.ts';
import { type Databases, withDatabases } from './check.ts';
import { inTurns } from './in-turns.ts';
import { startOwn } from './service/own.ts';
import { openWorld } from './world/world.ts';

/** One mutant, and whether the probe that must find it did. */
export interface Kill {
  mutant: string;
  rule: string;
  killed: boolean;
  /** What was found, or why nothing could be. */
  found: string;
}

export interface SelfTest {
  kills: Kill[];
  /** The module nothing is wrong with, against every probe: its findings are the probes' own faults. */
  clean: Examination;
}

/** These are judged by what is seen of the process, so each has its own. */
const ALONE = ['KSM-P17', 'KSM-P18', 'KSM-P20'];

/** Probes the prober: each mutant with the probe that must find it, and what is right with all of them. */
export async function runtimeSelfTest(log: (line: string) => void = () => undefined): Promise<SelfTest> {
  const alone = MUTANTS.filter(({ rule }) => ALONE.includes(rule));
  const together = MUTANTS.filter(({ rule }) => !ALONE.includes(rule));
  // On the embedded database, where a module can leave its role: a mutant does.
  return withDatabases({ databaseUrl: '' }, async (databases) => {
    const groups = [[CLEAN], together, ...alone.map((mutant) => [mutant])];
    const examined = await inTurns(
      2,
      groups.map((mutants) => async () => {
        log(`probing ${mutants.length === 1 ? `what ${mutants[0]!.name}` : `${mutants.length} mutants`}`);
        return examineMutants(mutants, databases);
      }),
    );
    const all = new Map(
      groups.flatMap((mutants, at) => mutants.map((it, index) => [it, examined[at]![index]!])),
    );
    return { kills: MUTANTS.map((mutant) => killOf(mutant, all.get(mutant)!)), clean: all.get(CLEAN)! };
  });
}

async function examineMutants(mutants: Mutant[], databases: Databases): Promise<Examination[]> {
  const world = await openWorld({ module: REFERENCE, all: [REFERENCE] });
  try {
    return await databases(async (database) => {
      const subjects = mutants.map(({ name }) => ({ mutant: name }));
      const targets = await startOwn({ subjects, manifest: REFERENCE, world, database });
      try {
        return await inTurns(
          1,
          targets.map((target, index) => () => {
            const { rule } = mutants[index]!;
            const rules = rule === '' ? undefined : [rule];
            return examine({ manifest: REFERENCE, service: REFERENCE.key, world, target, rules });
          }),
        );
      } finally {
        await targets[0]?.kill();
      }
    });
  } finally {
    await world.close();
  }
}

function killOf({ name, rule }: Mutant, { findings, examined }: Examination): Kill {
  const finding = findings.find((it) => it.rule === rule);
  const found = finding?.message ?? `nothing, in ${examined.probes} probes`;
  return { mutant: name, rule, killed: finding !== undefined, found };
}
