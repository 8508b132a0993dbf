/** A policy asked about the same facts at many routes: the facts are read once, which is half of what asking costs. */
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { CatalogData } from '../../contract.ts';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { VERDICTS, verdictOf } from './verdict.ts';

export interface Judge {
  /**
   * What a gateway with this policy and catalog would answer, as indices into `VERDICTS`.
   * @param facts everything of the question but the route, see `questionFacts`
   */
  verdicts(facts: string, routes: readonly (string | null)[]): Promise<Uint8Array>;
}

/** What of OPA's Wasm interface is used; addresses are in its memory. */
interface Wasm {
  opa_heap_ptr_get(): number;
  opa_heap_ptr_set(address: number): void;
  opa_malloc(bytes: number): number;
  opa_json_parse(text: number, bytes: number): number;
  opa_json_dump(value: number): number;
  opa_value_add_path(object: number, path: number, value: number): number;
  opa_eval_ctx_new(): number;
  opa_eval_ctx_set_input(context: number, value: number): void;
  opa_eval_ctx_set_data(context: number, value: number): void;
  opa_eval_ctx_set_entrypoint(context: number, entrypoint: number): void;
  opa_eval_ctx_get_result(context: number): number;
  eval(context: number): number;
}

/** No limit of a gateway's kind: nothing here serves requests. */
const MEMORY = { initial: 32 };

const FAILURE = VERDICTS.indexOf('failure');

export async function createJudge(policy: RunnablePolicy, catalog: CatalogData): Promise<Judge> {
  const known = new Map<string, number>();
  let instance = await createInstance(policy, catalog);

  function verdict(answer: string): number {
    let index = known.get(answer);
    if (index === undefined) known.set(answer, (index = VERDICTS.indexOf(verdictOf(answer))));
    return index;
  }

  return {
    async verdicts(facts, routes) {
      const answers = new Uint8Array(routes.length);
      let asked = instance.about(facts);
      for (const [index, route] of routes.entries()) {
        try {
          answers[index] = verdict(asked(route));
        } catch {
          // A throw leaves an instance that cannot be trusted with the next question.
          answers[index] = FAILURE;
          instance = await createInstance(policy, catalog);
          asked = instance.about(facts);
        }
      }
      return answers;
    },
  };
}

interface Instance {
  /** The results for a route, as JSON. */
  about(facts: string): (route: string | null) => string;
}

async function createInstance({ module }: RunnablePolicy, catalog: CatalogData): Promise<Instance> {
  const policy = await loadPolicy(module, MEMORY);
  policy.setData({ catalog });
  const { dataAddr, entrypoints, mem, wasmInstance } = policy as unknown as {
    dataAddr: number;
    entrypoints: Record<string, number>;
    mem: WebAssembly.Memory;
    wasmInstance: { exports: Wasm };
  };
  const wasm = wasmInstance.exports;
  const entrypoint = entrypoints[ENTRYPOINTS.decision]!;
  let memory = Buffer.from(mem.buffer);

  /** Growing gives the memory another buffer. */
  function current(): Buffer {
    if (memory.buffer !== mem.buffer) memory = Buffer.from(mem.buffer);
    return memory;
  }

  function write(json: string): number {
    const address = wasm.opa_malloc(json.length * 3);
    const value = wasm.opa_json_parse(address, current().write(json, address));
    if (value === 0) throw new Error('the policy cannot read its input');
    return value;
  }

  function evaluate(input: number): string {
    const context = wasm.opa_eval_ctx_new();
    wasm.opa_eval_ctx_set_input(context, input);
    wasm.opa_eval_ctx_set_data(context, dataAddr);
    wasm.opa_eval_ctx_set_entrypoint(context, entrypoint);
    if (wasm.eval(context) !== 0) throw new Error('the policy cannot be evaluated');
    const text = wasm.opa_json_dump(wasm.opa_eval_ctx_get_result(context));
    return current().toString('utf8', text, memory.indexOf(0, text));
  }

  const path = write('["route"]');
  const heap = wasm.opa_heap_ptr_get();
  return {
    about(facts) {
      wasm.opa_heap_ptr_set(heap);
      const input = write(`{"route":null,${facts}}`);
      return (route) => {
        if (wasm.opa_value_add_path(input, path, write(JSON.stringify(route))) !== 0)
          throw new Error('the route cannot be set');
        return evaluate(input);
      };
    },
  };
}
