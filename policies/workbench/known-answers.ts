/** Makes the known answers a bundle carries: asked of the fresh module and of the compiler, which must agree. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CatalogData } from '../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from '../engine/entrypoints.ts';
import type { KnownAnswers, KnownCase } from '../engine/manifest.ts';
import { answersOf } from '../engine/vectors.ts';
import { projectFile } from '../root.ts';
import { topdown } from './topdown.ts';
import { WorkbenchError } from './run.ts';

/** Which of the questions an entrypoint is asked. */
const ASKED = {
  capabilities: 'capabilities',
  decision: 'access',
  delegation: 'changes',
  explanation: 'access',
  effective: 'effective',
  layers: 'access',
  logTreatment: 'log',
  reasons: 'nothing',
  remedies: 'access',
} as const satisfies Record<keyof typeof ENTRYPOINTS, keyof Questions>;

interface Questions {
  access: Named[];
  capabilities: Named[];
  changes: Named[];
  effective: Named[];
  log: Named[];
  nothing: Named[];
}

interface Named {
  name: string;
  input: object;
}

/**
 * The answers of this module, made from the rules in `policies`. A miscompiled module cannot certify itself: the rules
 * are asked as well. Throws `WorkbenchError` when the two differ.
 */
export async function knownAnswers(
  opa: string,
  policies: string,
  module: WebAssembly.Module,
): Promise<KnownAnswers> {
  const { catalog, asked } = await readQuestions();
  const compiled = await answersOf(module, { catalog, cases: asked });
  const questions = asked.map(({ input, answers }) => ({
    input,
    asks: Object.keys(answers) as Entrypoint[],
  }));
  const interpreted = await topdown(opa, policies, catalog, questions);
  const cases = asked.map(({ name, input }, index) => {
    const answers = compiled[index] ?? {};
    if (isDeepStrictEqual(answers, interpreted[index])) return { name, input, answers };
    throw new WorkbenchError(
      `the compiled policy and \`opa eval\` disagree on "${name}"; do not use this build`,
    );
  });
  return { catalog, cases };
}

/** The questions, each with the entrypoints it is put to and no answer yet. */
async function readQuestions(): Promise<{ catalog: CatalogData; asked: KnownCase[] }> {
  const text = await readFile(projectFile('policies', 'vectors', 'questions.json'), 'utf8');
  const { catalog, questions } = JSON.parse(text) as { catalog: CatalogData; questions: Questions };
  const asked = (Object.keys(questions) as (keyof Questions)[]).flatMap((set) => {
    const answers = Object.fromEntries(pathsAsked(set).map((path) => [path, null]));
    return questions[set].map(({ name, input }) => ({ name, input, answers }));
  });
  return { catalog, asked };
}

function pathsAsked(set: keyof Questions): Entrypoint[] {
  const names = Object.keys(ENTRYPOINTS) as (keyof typeof ENTRYPOINTS)[];
  return names.filter((name) => ASKED[name] === set).map((name) => ENTRYPOINTS[name]);
}
