import { testStatic, verdict, verdictText, type Verdict } from '../conformance/self-test/self-test.ts';
import { EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

/** Checks the check: modules that are wrong by design, each to be found by the rule it breaks. */
export async function selfTest(options: { static?: boolean; runtime?: boolean }): Promise<Outcome> {
  const both = Boolean(options.static) === Boolean(options.runtime);
  const verdicts = [
    ...(both || options.static ? await testStatic() : []),
    ...(both || options.runtime ? await testRuntime() : []),
  ];
  const mutants = verdicts.filter(({ expected }) => expected.length > 0);
  const killed = mutants.filter((it) => it.killed).length;
  const quiet = verdicts.every((it) => it.killed || it.expected.length > 0);
  const clean = quiet ? 'nothing is found in what is right' : 'something is found in what is right';
  return {
    text: `${verdictText(verdicts)}\n\n${killed} of ${mutants.length} mutants killed; ${clean}`,
    data: { mutants: mutants.length, killed, clean: quiet, verdicts },
    exitCode: verdicts.every((it) => it.killed) ? EXIT.ok : EXIT.findings,
    examined: { mutants: mutants.length },
  };
}

async function testRuntime(): Promise<Verdict[]> {
  const { runtimeSelfTest } = await import('../conformance/runtime/self-test.ts');
  const { kills, clean } = await runtimeSelfTest((line) => void process.stderr.write(`${line}\n`));
  return [
    verdict('(nothing is wrong, running)', [], [...new Set(clean.findings.map(({ rule }) => rule))]),
    ...kills.map(({ mutant, rule, killed }) => verdict(mutant, [rule], killed ? [rule] : [])),
  ];
}
