/** Asks a compiled policy many thousand times: no pool, no checks, answers as text, so that equal ones are one string. */
import * as opaWasm from '@open-policy-agent/opa-wasm';

/** Only the default export can be loaded at once, and its types do not say that there is one. */
const { loadPolicySync } = (opaWasm as unknown as { default: { loadPolicySync: Load } }).default;

/** 2 MiB to start with; no limit of a gateway's kind, because nothing here serves requests. */
const MEMORY = { initial: 32 };

export interface Asker {
  /** The one result as JSON text, `null` when there is none: the policy threw, or gave no answer. */
  ask(entrypoint: string, question: string): string | null;
}

type Load = (module: WebAssembly.Module, memory: { initial: number }) => Loaded;

interface Loaded {
  mem: { buffer: ArrayBuffer; grow(pages: number): number };
  wasmInstance: { exports: { opa_eval: (...args: number[]) => number } };
  dataAddr: number;
  dataHeapPtr: number;
  entrypoints: Record<string, number>;
  setData(data: object): void;
}

const ANSWER_START = '[{"result":';
const ANSWER_END = '}]';

export function createAsker(module: WebAssembly.Module, data: object): Asker {
  const load = (): Loaded => {
    const policy = loadPolicySync(module, MEMORY);
    policy.setData(data);
    return policy;
  };
  let policy = load();
  let memory = Buffer.from(policy.mem.buffer);

  function evaluate(entrypoint: number, question: string): string {
    const { dataAddr, dataHeapPtr, mem, wasmInstance } = policy;
    const need = dataHeapPtr + question.length * 3 - mem.buffer.byteLength;
    if (need > 0) mem.grow(Math.ceil(need / 65_536));
    if (memory.buffer !== mem.buffer) memory = Buffer.from(mem.buffer);
    const length = memory.write(question, dataHeapPtr);
    const heap = dataHeapPtr + length;
    const start = wasmInstance.exports.opa_eval(0, entrypoint, dataAddr, dataHeapPtr, length, heap, 0);
    if (memory.buffer !== mem.buffer) memory = Buffer.from(mem.buffer);
    return memory.toString('utf8', start, memory.indexOf(0, start));
  }

  return {
    ask(entrypoint, question) {
      const id = policy.entrypoints[entrypoint];
      if (id === undefined) return null;
      try {
        const answer = evaluate(id, question);
        const whole = answer.startsWith(ANSWER_START) && answer.endsWith(ANSWER_END);
        return whole ? answer.slice(ANSWER_START.length, -ANSWER_END.length) : null;
      } catch {
        // A throw leaks the instance's stack: the next question goes to a new one.
        policy = load();
        return null;
      }
    },
  };
}
