import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadBundle, type Bundle } from '../../policies/engine/bundle.ts';
import { ENTRYPOINTS, type Entrypoint } from '../../policies/engine/entrypoints.ts';
import { createInstance, type PolicyInstance } from '../../policies/engine/instance.ts';
import { encodeQuestion } from '../../policies/engine/question.ts';
import { projectFile } from '../../policies/root.ts';
import { blocksOf } from '../../policies/workbench/proof/sweeps.ts';
import { topdown, type Answers, type Question } from '../../policies/workbench/topdown.ts';
import { withCompiler } from './compiler.ts';
import { goldenCases, goldenCatalog, type GoldenCase } from './golden.ts';

const POLICIES = projectFile('policies');
const { decision, explanation, effective, layers, logTreatment, remedies } = ENTRYPOINTS;
const catalog = goldenCatalog();

/** The compiled policy and the compiler's own evaluator, asked the same. */
describe('Wasm and topdown', function () {
  const compiler = withCompiler(this);
  let bundle: Bundle;

  before(async () => {
    bundle = await loadBundle();
  });

  it('agree on every golden case', async () => {
    const cases = [...goldenCases().values()].flat();
    const questions = cases.map(({ input, entrypoint }) => ({ input, asks: [ENTRYPOINTS[entrypoint]] }));
    await compare(questions);
  });

  it('agree on a sample of the proven domain', async () => {
    const questions = sample(3000);
    expect(questions.length).to.be.greaterThan(3000);
    const { answered } = await compare(questions);
    expect(answered).to.equal(questions.flatMap(({ asks }) => asks).length, 'every cell has an answer');
  });

  it('agree on odd questions: where one has no answer, the other has none', async () => {
    let answered = 0;
    let silent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(oddQuestion, { minLength: 400, maxLength: 400 }), async (questions) => {
        const counts = await compare(questions.filter(({ input }) => isAskable(input)));
        answered += counts.answered;
        silent += counts.silent;
      }),
      { numRuns: 3, endOnFailure: true },
    );
    expect(answered).to.be.greaterThan(1000);
    expect(silent).to.be.greaterThan(10, 'some questions are too odd to be answered');
  });

  /** Counts the answers both gave, and how often both had none. */
  async function compare(questions: Question[]): Promise<{ answered: number; silent: number }> {
    const interpreted = await topdown(compiler.opa, POLICIES, catalog, questions);
    let answered = 0;
    let silent = 0;
    for (const [index, question] of questions.entries()) {
      const compiled = await askWasm(question);
      for (const path of question.asks) {
        const [one, other] = [compiled[path], interpreted[index]?.[path]];
        if (!isDeepStrictEqual(one, other)) {
          expect.fail(
            `${path} of ${JSON.stringify(question.input)}:\n  Wasm ${told(one)}\n  topdown ${told(other)}`,
          );
        }
        if (one === undefined) silent += 1;
        else answered += 1;
      }
    }
    return { answered, silent };
  }

  let living: PolicyInstance | null = null;

  /** No answer is an absent key, whether the engine threw or found nothing. After a throw the instance is spent. */
  async function askWasm({ input, asks }: Question): Promise<Answers> {
    const answers: Answers = {};
    for (const path of asks) {
      living ??= await createInstance(bundle.module, encodeQuestion({ catalog }, Infinity));
      try {
        answers[path] = living.evaluate(path, encodeQuestion(input as object, Infinity));
      } catch {
        living = null;
      }
    }
    return answers;
  }
});

function told(answer: unknown): string {
  return answer === undefined ? 'has no answer' : JSON.stringify(answer);
}

/** Cells spread evenly over the domain of `policy prove`; remedies take the interpreter long, so fewer are asked for. */
function sample(cells: number): Question[] {
  const blocks = [...blocksOf(catalog, 'all')];
  return Array.from({ length: cells }, (_, turn) => turn).flatMap((turn) => {
    const { access, callers, routes, token, roles } = blocks[Math.floor((turn * blocks.length) / cells)]!;
    const route = routes[(turn * 7) % routes.length] ?? null;
    const caller = callers[(turn * 5) % callers.length] ?? null;
    const asks = turn % 6 === 0 ? [decision, layers, explanation, remedies] : [decision, layers];
    const request: Question = { input: { route, authenticated: token, caller, access }, asks };
    if (roles === undefined || access === null) return [request];
    return [request, { input: { access, role: roles[turn % roles.length] ?? null }, asks: [effective] }];
  });
}

const ODD_TEXTS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'finance',
  'Finance',
  'fi\u0000nance',
  'ﬁnance',
  '🎪',
  '\u2028',
  '"',
  'null',
];
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 0.5, 1e21, 2 ** 53, [], {}, [[]], [null], { a: {} }),
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...ODD_TEXTS, 'package', 'addon', 'status'), fc.jsonValue({ maxDepth: 1 })),
);

const rows = [...goldenCases().values()].flat();

/** A golden question with one to three of its parts taken away, replaced, or given company. */
const oddQuestion: fc.Arbitrary<Question> = fc
  .tuple(
    fc.constantFrom(...rows),
    fc.array(fc.tuple(fc.nat(60), fc.constantFrom('drop', 'replace', 'add'), junk), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([{ entrypoint, input }, changes]) => {
    const copy = structuredClone(input) as object;
    for (const [place, how, what] of changes) change(copy, place, how, what);
    return { input: copy, asks: asksOf(entrypoint) };
  });

function asksOf(entrypoint: GoldenCase['entrypoint']): Entrypoint[] {
  const isRequest = entrypoint === 'decision' || entrypoint === 'explanation';
  return isRequest ? [decision, explanation, layers, remedies, logTreatment] : [ENTRYPOINTS[entrypoint]];
}

function change(target: object, place: number, how: string, what: unknown): void {
  const places = placesIn(target);
  const [holder, key] = places[place % places.length] ?? [target as Holder, 'route'];
  if (how === 'drop' && !Array.isArray(holder)) delete holder[key];
  else if (how === 'add') define(holder, `${key}_`, what);
  else define(holder, key, what);
}

/** Also where the key is `__proto__`. */
function define(holder: object, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

type Holder = Record<string, unknown>;

function placesIn(value: unknown): [Holder, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Holder, string], ...placesIn(holder[key])]);
}

/** What the guard before the engine refuses never reaches it. */
function isAskable(input: unknown): boolean {
  try {
    encodeQuestion(input as object, Infinity);
    return true;
  } catch {
    return false;
  }
}
