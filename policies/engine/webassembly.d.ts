/** The part of the platform's WebAssembly used here: Node has it, its type package for this version does not. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  const Module: { exports(module: Module): { name: string }[] };
  function compile(bytes: Uint8Array): Promise<Module>;
}
