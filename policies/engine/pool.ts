/** One working instance and one spare behind it: building takes a moment, and a request has none to give. */
import { PolicyFailure } from './failure.ts';
import type { PolicyInstance } from './instance.ts';

export interface InstancePool {
  /** Works with the current instance, synchronously. Any throw spends it; with none ready it is `unavailable`. */
  use<T>(work: (instance: PolicyInstance) => T): T;
  memoryBytes(): number;
}

/** A pool whose first instance and spare stand. Throws `PolicyFailure` when no instance can be built. */
export async function createPool(
  build: () => Promise<PolicyInstance>,
  watermarkBytes: number,
): Promise<InstancePool> {
  let current: PolicyInstance | null = await firstInstance(build);
  let spare: PolicyInstance | null = null;
  let refill: Promise<void> | null = null;
  let fault: unknown = null;

  async function buildSpare(): Promise<void> {
    try {
      spare = await build();
    } catch (cause) {
      fault = cause;
    } finally {
      refill = null;
    }
  }

  /** Asked again at each use, so that one failed build is not the end. */
  function ensureSpare(): void {
    if (spare === null) refill ??= buildSpare();
  }

  function replace(): void {
    current = spare;
    spare = null;
    ensureSpare();
  }

  function use<T>(work: (instance: PolicyInstance) => T): T {
    if (current === null) replace();
    if (current === null) throw new PolicyFailure('unavailable', 'no policy instance is ready', fault);
    try {
      return work(current);
    } catch (cause) {
      replace();
      throw cause;
    } finally {
      ensureSpare();
      if (spare !== null && current !== null && current.memoryBytes() > watermarkBytes) replace();
    }
  }

  await buildSpare();
  return { use, memoryBytes: () => current?.memoryBytes() ?? 0 };
}

async function firstInstance(build: () => Promise<PolicyInstance>): Promise<PolicyInstance> {
  try {
    return await build();
  } catch (cause) {
    if (cause instanceof PolicyFailure) throw cause;
    throw new PolicyFailure('data', 'the policy does not start on this catalog', cause);
  }
}
