/** One living copy of the compiled policy with its data. It is thrown away at the first fault. */
import { isDeepStrictEqual } from 'node:util';
import { loadPolicy, type LoadedPolicy } from '@open-policy-agent/opa-wasm';
import { REASONS } from '../contract.ts';
import { ENTRYPOINTS, type Entrypoint } from './entrypoints.ts';
import { PolicyFailure } from './failure.ts';

export const PAGE_BYTES = 65_536;

/** 2 MiB to start with, 16 MiB at most. */
const MEMORY = { initial: 32, maximum: 256 };

export interface PolicyInstance {
  /** The one result. Throws whatever the engine throws; the instance is spent then. */
  evaluate(entrypoint: Entrypoint, question: ArrayBuffer): unknown;
  /** Memory held, in bytes: it only grows. */
  memoryBytes(): number;
}

/** Builds an instance on its data (`{catalog}` as UTF-8 JSON) and proves that it answers from both. */
export async function createInstance(module: WebAssembly.Module, data: ArrayBuffer): Promise<PolicyInstance> {
  const policy = await loadPolicy(module, MEMORY);
  refuseHostBuiltins(policy);
  policy.setData(data);
  const instance: PolicyInstance = {
    evaluate: (entrypoint, question) => onlyResult(policy.evaluate(question, entrypoint)),
    memoryBytes: () => policy.mem.buffer.byteLength,
  };
  selfTest(instance);
  return instance;
}

function onlyResult(results: unknown): unknown {
  if (!Array.isArray(results) || results.length !== 1) throw new TypeError('not exactly one result');
  return (results[0] as { result?: unknown }).result;
}

/** A policy that needs the host's functions would compile and then throw in the middle of a decision. */
function refuseHostBuiltins(policy: LoadedPolicy): void {
  const { exports } = policy.wasmInstance as WebAssembly.Instance;
  const wasm = exports as Record<'builtins' | 'opa_json_dump', (address?: number) => number>;
  const bytes = new Uint8Array(policy.mem.buffer);
  const start = wasm.opa_json_dump(wasm.builtins());
  const text = Buffer.from(bytes.subarray(start, bytes.indexOf(0, start))).toString('utf8');
  const asked = Object.keys(JSON.parse(text) as object);
  if (asked.length > 0) {
    throw new PolicyFailure('bundle', `policy bundle refused: it asks the host for ${asked.join(', ')}`);
  }
}

/** The closed list must be the one this code knows, and a question without a route must be refused. */
function selfTest(instance: PolicyInstance): void {
  const question = new TextEncoder().encode('{"route":null}').buffer;
  const reasons = instance.evaluate(ENTRYPOINTS.reasons, question);
  if (!isDeepStrictEqual(reasons, REASONS)) {
    throw new PolicyFailure('bundle', 'policy bundle refused: its reasons are not those of the contract');
  }
  const decision = instance.evaluate(ENTRYPOINTS.decision, question);
  if (!isDeepStrictEqual(decision, { allow: false, reason: 'route_unknown' })) {
    throw new PolicyFailure('bundle', 'policy bundle refused: it fails its self-test');
  }
}
