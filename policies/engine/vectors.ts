/** Known answers carried by a bundle: it must give them before it is asked anything else. */
import { isDeepStrictEqual } from 'node:util';
import { CHANGE_REASONS, REASONS, type ChangeVerdict, type Decision } from '../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from './entrypoints.ts';
import { PolicyFailure, bundleRefused } from './failure.ts';
import { createInstance } from './instance.ts';
import { entrypointPaths, type KnownAnswers, type KnownCase } from './manifest.ts';
import { encodeQuestion } from './question.ts';

/**
 * Asks a throw-away instance every known question. Throws `PolicyFailure` when an answer differs, and when the
 * questions leave out an entrypoint, a reason, or every allowance: what is not asked proves nothing.
 */
export async function proveVectors(module: WebAssembly.Module, vectors: KnownAnswers): Promise<void> {
  refuseGaps(vectors.cases);
  const given = await answersOf(module, vectors);
  vectors.cases.forEach(({ name, answers }, index) => {
    for (const [entrypoint, expected] of Object.entries(answers)) {
      if (!isDeepStrictEqual(given[index]?.[entrypoint as Entrypoint], expected)) {
        throw bundleRefused(`${entrypoint} gives another answer than the bundle's own "${name}"`);
      }
    }
  });
}

/** What the module answers, case by case, to the entrypoints each case names. Throws `PolicyFailure`. */
export async function answersOf(
  module: WebAssembly.Module,
  { catalog, cases }: KnownAnswers,
): Promise<KnownCase['answers'][]> {
  try {
    const instance = await createInstance(module, encodeQuestion({ catalog }, Infinity));
    return cases.map(({ input, answers }) => {
      const question = encodeQuestion(input, Infinity);
      const asked = Object.keys(answers) as Entrypoint[];
      return Object.fromEntries(asked.map((path) => [path, instance.evaluate(path, question)]));
    });
  } catch (cause) {
    if (cause instanceof PolicyFailure && cause.kind === 'bundle') throw cause;
    throw bundleRefused('it cannot answer its own known questions', cause);
  }
}

function refuseGaps(cases: KnownCase[]): void {
  const asked = new Set(cases.flatMap(({ answers }) => Object.keys(answers)));
  const decisions = cases.map(({ answers }) => answers[ENTRYPOINTS.decision] as Decision | undefined);
  const shown = new Set(decisions.map((decision) => decision?.reason));
  const missing: (string | null)[] = [
    ...entrypointPaths().filter((path) => !asked.has(path)),
    ...REASONS.filter((reason) => !shown.has(reason)),
  ];
  if (!shown.has(null)) missing.push('an allowance');
  const verdicts = cases.map(({ answers }) => answers[ENTRYPOINTS.delegation] as ChangeVerdict | undefined);
  const against = new Set(verdicts.flatMap((verdict) => verdict?.reasons ?? []));
  missing.push(...CHANGE_REASONS.filter((reason) => !against.has(reason)));
  if (!verdicts.some((verdict) => verdict?.allow)) missing.push('a change that is allowed');
  if (missing.length > 0) throw bundleRefused(`its known answers leave out ${missing.join(', ')}`);
}
