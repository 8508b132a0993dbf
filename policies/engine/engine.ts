/** From a compiled policy and a catalog to decisions. Whatever goes wrong is a `PolicyFailure`, never an answer. */
import type {
  Capabilities,
  CapabilitiesInput,
  CatalogData,
  ChangeInput,
  ChangeVerdict,
  Decision,
  DecisionInput,
  EffectiveAccess,
  EffectiveInput,
  Explanation,
  Layer,
  LogInput,
  LogTreatment,
  Remedy,
} from '../contract.ts';
import {
  isCapabilitiesOf,
  isChangeVerdict,
  isDecision,
  isEffectiveAccess,
  isExplanation,
  isLayers,
  isLogTreatment,
  isRemedies,
} from './answers.ts';
import type { RunnablePolicy } from './bundle.ts';
import { ENTRYPOINTS, type Entrypoint } from './entrypoints.ts';
import { PolicyFailure, type FailureKind } from './failure.ts';
import { PAGE_BYTES, createInstance } from './instance.ts';
import { createPool } from './pool.ts';
import { encodeQuestion } from './question.ts';

export interface PolicyEngine {
  readonly revision: string;
  /** How often each kind of failure happened since the engine was made. */
  readonly failures: Readonly<Record<FailureKind, number>>;
  /** Memory the working instance holds, in bytes; 0 while there is none. */
  memoryBytes(): number;
  decide(input: DecisionInput): Decision;
  explain(input: DecisionInput): Explanation;
  effective(input: EffectiveInput): EffectiveAccess;
  /** Every module and every action of the catalog, for a person. */
  capabilities(input: CapabilitiesInput): Capabilities;
  /** Whether somebody may make a change in their company. */
  judgeChange(input: ChangeInput): ChangeVerdict;
  /** Every layer with its facts; for people who ask why. */
  layers(input: DecisionInput): Layer[];
  /** What would make it allowed, whoever asks; `explain` leaves out what the caller may not see. */
  remedies(input: DecisionInput): Remedy[];
  treatLog(input: LogInput): LogTreatment;
}

export interface EngineOptions {
  /** Evaluations before the engine is handed out, so that the first request does not pay for compilation. */
  warmUp?: number;
  /** Largest question, in bytes of JSON. */
  maxInputBytes?: number;
  /** An instance that holds more memory than this many 64 KiB pages is replaced. */
  watermarkPages?: number;
}

/**
 * A new engine, tested on its data. A changed catalog means a new engine: data is never replaced in a living one.
 * Throws `PolicyFailure`.
 */
export async function createEngine(
  bundle: RunnablePolicy,
  data: CatalogData,
  options: EngineOptions = {},
): Promise<PolicyEngine> {
  const { warmUp = 1000, maxInputBytes = 262_144, watermarkPages = 192 } = options;
  const failures = { bundle: 0, data: 0, input: 0, evaluation: 0, answer: 0, unavailable: 0 };
  const catalog = encodeData(data);
  const isCapabilities = isCapabilitiesOf(data);
  const pool = await createPool(() => createInstance(bundle.module, catalog), watermarkPages * PAGE_BYTES);

  function ask<T>(entrypoint: Entrypoint, input: object, isAnswer: (value: unknown) => value is T): T {
    try {
      const question = encodeQuestion(input, maxInputBytes);
      return pool.use((instance) => {
        const answer = instance.evaluate(entrypoint, question);
        if (isAnswer(answer)) return answer;
        throw new PolicyFailure('answer', `${entrypoint} gave an answer outside the contract`);
      });
    } catch (cause) {
      const failure = asFailure(entrypoint, cause);
      failures[failure.kind] += 1;
      throw failure;
    }
  }

  const engine: PolicyEngine = {
    revision: bundle.revision,
    failures,
    memoryBytes: () => pool.memoryBytes(),
    decide: (input) => ask(ENTRYPOINTS.decision, input, isDecision),
    explain: (input) => ask(ENTRYPOINTS.explanation, input, isExplanation),
    effective: (input) => ask(ENTRYPOINTS.effective, input, isEffectiveAccess),
    capabilities: (input) => ask(ENTRYPOINTS.capabilities, input, isCapabilities),
    judgeChange: (input) => ask(ENTRYPOINTS.delegation, input, isChangeVerdict),
    layers: (input) => ask(ENTRYPOINTS.layers, input, isLayers),
    remedies: (input) => ask(ENTRYPOINTS.remedies, input, isRemedies),
    treatLog: (input) => ask(ENTRYPOINTS.logTreatment, input, isLogTreatment),
  };
  for (const input of warmUpInputs(data, warmUp)) engine.decide(input);
  return engine;
}

function encodeData(catalog: CatalogData): ArrayBuffer {
  try {
    return encodeQuestion({ catalog }, Infinity);
  } catch (cause) {
    throw new PolicyFailure('data', 'the catalog cannot be handed to the policy', cause);
  }
}

/** The engine throws strings and plain objects as well as errors. */
function asFailure(entrypoint: Entrypoint, cause: unknown): PolicyFailure {
  if (cause instanceof PolicyFailure) return cause;
  return new PolicyFailure('evaluation', `${entrypoint} could not be evaluated`, cause);
}

/** Questions that reach the last layer of real routes. */
function* warmUpInputs(data: CatalogData, count: number): Generator<DecisionInput> {
  const routes = Object.keys(data.routes);
  const period = { status: 'active', started: true, ended: false } as const;
  const subscriptions = Object.keys(data.packages).slice(0, 1);
  for (let turn = 0; turn < count; turn += 1) {
    const route = routes[turn % routes.length] ?? null;
    const { module = '', permission = '' } = data.routes[route ?? ''] ?? {};
    const access = {
      membership: { status: 'active' } as const,
      subscriptions: subscriptions.map((name) => ({ package: name, ...period })),
      addons: Object.keys(data.addons).map((addon) => ({ addon, ...period })),
      modules: [module],
      permissions: [permission],
    };
    yield { route, authenticated: true, caller: null, access };
  }
}
