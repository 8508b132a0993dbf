import { medianOf, type Results } from './results.ts';
import type { Stages } from './stages.ts';

/**
 * What `--check` holds. Each limit stands well away from what is measured, so that only a real step back crosses it:
 * ratios swing by some 5 % between runs, times by a factor of two between machines.
 */
const LIMITS = {
  /** The same code against itself; outside, the machine is too disturbed for the other ratios to mean anything. */
  sameCode: [0.94, 1.06],
  /** The goal is 0.55; every prototype that forgot one cache fell below this. */
  gateway: 0.42,
  /** The goal is 0.42. */
  evaluated: 0.3,
  /** µs; the goal is 10, and a decision that reads tenant data as policy data costs hundreds. */
  lean: 25,
  /** µs, with its id and its log fields; the goal of the look-up alone is 1. */
  remembered: 5,
  /** µs for 200 actions, as is promised. */
  document: 5000,
  /** µs that the largest size may cost over the smallest: cold memory costs a few, a list walked costs hundreds. */
  growth: 15,
  /** MiB of heap, after collection, between warm-up and end: a leak of 20 bytes per request gives more in 10⁶. */
  heapGrowth: 12,
} as const;

/** What of the steps alone is out of bounds. */
export function stageFaults({ path, rare }: Stages): string[] {
  return [
    ...within('µs of a lean decision', rare['decision, lean']!, 0, LIMITS.lean),
    ...within('µs of a remembered decision', path['decide: remembered']!, 0, LIMITS.remembered),
    ...within('µs of an access document', rare['access document of 200 actions']!, 0, LIMITS.document),
  ];
}

/** Everything that is out of bounds, in words; empty when nothing is. */
export function faultsOf({ contestants, discarded, stages, scale, memory }: Results): string[] {
  const ratio = (name: string) => medianOf(contestants.find((it) => it.name === name)!.rounds, 'thrift');
  const [low, high] = LIMITS.sameCode;
  const growth = Object.entries(scale).map(([name, sizes]) => {
    const micros = Object.values(sizes);
    return [`${name}, µs more at the largest size`, micros.at(-1)! - micros[0]!] as const;
  });
  return [
    ...discarded.map((why) => `a round failed: ${why}`),
    ...within('the same code against itself', ratio(SAME_CODE), low, high),
    ...within('the gateway against bare', ratio(GATEWAY), LIMITS.gateway, Infinity),
    ...within('every decision evaluated against bare', ratio(EVALUATED), LIMITS.evaluated, Infinity),
    ...stageFaults(stages),
    ...growth.flatMap(([name, more]) => within(name, more, -Infinity, LIMITS.growth)),
    ...within('MiB of heap grown', memory.end.heap - memory.warm.heap, -Infinity, LIMITS.heapGrowth),
  ];
}

export const SAME_CODE = 'bare again (A/A)';
export const GATEWAY = 'gateway';
export const EVALUATED = 'gateway, every decision evaluated';

function within(what: string, value: number, low: number, high: number): string[] {
  if (value >= low && value <= high) return [];
  return [`${what}: ${value.toFixed(2)}, allowed ${low} to ${high}`];
}
