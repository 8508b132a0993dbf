/** One question again, told in full: what was asked, what was answered, and every law that speaks of it. */
import type {
  CapabilitiesInput,
  ChangeInput,
  DecisionInput,
  EffectiveInput,
  LogInput,
} from '../../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from '../../engine/entrypoints.ts';
import type { Block } from './block.ts';
import { capabilitiesFault, changeFault, inputFault } from '../impact/shapes.ts';
import { examineCapabilities } from './capabilities.ts';
import { examineChanges } from './changes.ts';
import { createCourt, type Counterexample, type Court } from './court.ts';
import { examineEffective } from './effective.ts';
import { examineOpening } from './malformed.ts';
import type { Invariants } from './judge.ts';
import type { ProvenCatalog } from './prove.ts';
import { examineRequests } from './requests.ts';
import { examineReasonList, examineTreatment } from './specials.ts';

/** What it takes to ask again: a counterexample, or the part of it that matters. */
export type Replayable = Pick<Counterexample, 'entrypoint' | 'input' | 'catalog'>;

export interface Replayed {
  answers: Partial<Record<Entrypoint, unknown>>;
  /** Laws that apply, in their order, and whether they hold. */
  laws: { law: string; holds: boolean }[];
  counterexamples: Counterexample[];
}

export function replay(
  policy: { module: WebAssembly.Module },
  invariants: Invariants,
  { declared, served = declared, name }: ProvenCatalog,
  { entrypoint, input }: Replayable,
): Replayed {
  const court = createCourt({
    name,
    policy: policy.module,
    invariants: invariants.module,
    declared,
    served,
  });
  const question = JSON.stringify(input);
  const asked = examineAgain(court, entrypoint, input);
  const answers = asked.map((entrypoint) => {
    const text = court.ask(entrypoint, question);
    return [entrypoint, text === null ? null : (JSON.parse(text) as unknown)] as const;
  });
  const { applied, broken, counterexamples } = court.examined();
  const laws = invariants.laws.filter((law) => applied[law] !== undefined);
  return {
    answers: Object.fromEntries(answers),
    laws: laws.map((law) => ({ law, holds: broken[law] === undefined })),
    counterexamples,
  };
}

/** Returns the entrypoints that have something to say of it. */
function examineAgain(court: Court, entrypoint: Entrypoint, input: unknown): Entrypoint[] {
  switch (entrypoint) {
    case ENTRYPOINTS.reasons:
      examineReasonList(court);
      return [entrypoint];
    case ENTRYPOINTS.logTreatment:
      examineTreatment(court, input as LogInput);
      return [entrypoint];
    case ENTRYPOINTS.capabilities:
      if (capabilitiesFault(input) !== null) examineOpening(court, entrypoint, input, 'replay');
      else examineCapabilities(court, { ...NOBODY_ASKS, ...(input as CapabilitiesInput), capable: true });
      return [entrypoint];
    case ENTRYPOINTS.delegation:
      if (changeFault(input) !== null) examineOpening(court, entrypoint, input, 'replay');
      else examineChanges(court, changeBlock(input as ChangeInput));
      return [entrypoint];
    case ENTRYPOINTS.effective:
      examineEffective(court, effectiveBlock(input as EffectiveInput));
      return [entrypoint];
    case ENTRYPOINTS.decision:
    case ENTRYPOINTS.explanation:
    case ENTRYPOINTS.layers:
    case ENTRYPOINTS.remedies:
      if (inputFault(input) !== null) {
        examineOpening(court, ENTRYPOINTS.decision, input, 'replay');
        return [ENTRYPOINTS.decision];
      }
      examineRequests(court, requestBlock(input as DecisionInput));
      return [ENTRYPOINTS.decision, ENTRYPOINTS.explanation, ENTRYPOINTS.layers, ENTRYPOINTS.remedies];
  }
}

function requestBlock({ route, authenticated, caller, access }: DecisionInput): Block {
  return {
    sweep: 'replay',
    token: authenticated,
    access,
    callers: [caller],
    routes: [route],
    explained: true,
  };
}

const NOBODY_ASKS = { sweep: 'replay', token: true, callers: [], routes: [] };

function effectiveBlock({ access, role }: EffectiveInput): Block {
  return { ...NOBODY_ASKS, access, roles: [role] };
}

function changeBlock({ access, ...change }: ChangeInput): Block {
  return { ...NOBODY_ASKS, access, changes: [change] };
}
