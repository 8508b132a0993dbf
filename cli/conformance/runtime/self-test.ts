import { examine } from './examine.ts';
import type { Examination } from './examination.ts';
import { CLEAN, type Mutant, MUTANTS, ON_SERVER } from './mutants.ts';
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

/**
 * Probes the prober: each mutant with the probe that must find it, and what is right with all of them.
 * @param databaseUrl as for `checkRuntime`; without it the mutants that need a server are left out
 */
export async function runtimeSelfTest(
  log: (line: string) => void = () => undefined,
  databaseUrl = process.env['TEST_DATABASE_URL'],
): Promise<SelfTest> {
  const alone = MUTANTS.filter(({ rule }) => ALONE.includes(rule));
  const together = MUTANTS.filter(({ rule }) => !ALONE.includes(rule));
  const embedded = [[CLEAN], together, ...alone.map((mutant) => [mutant])];
  // On the embedded database a module can leave its role: a mutant does.
  const all = new Map(await examineGroups(embedded, '', log));
  const onServer = databaseUrl ? ON_SERVER : [];
  const groups = onServer.map((mutant) => [mutant]);
  if (databaseUrl)
    for (const [mutant, it] of await examineGroups(groups, databaseUrl, log)) all.set(mutant, it);
  return {
    kills: [...MUTANTS, ...onServer].map((mutant) => killOf(mutant, all.get(mutant)!)),
    clean: all.get(CLEAN)!,
  };
}

/** Mutants of one group share a process. */
async function examineGroups(
  groups: Mutant[][],
  databaseUrl: string,
  log: (line: string) => void,
): Promise<[Mutant, Examination][]> {
  return withDatabases({ databaseUrl }, async (databases) => {
    const examined = await inTurns(
      2,
      groups.map((mutants) => async () => {
        log(`probing ${mutants.length === 1 ? `what ${mutants[0]!.name}` : `${mutants.length} mutants`}`);
        return examineMutants(mutants, databases);
      }),
    );
    return groups.flatMap((mutants, at) =>
      mutants.map((it, index): [Mutant, Examination] => [it, examined[at]![index]!]),
    );
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
