/** Milliseconds, in no order. */
export type Samples = number[];

/** By nearest rank, so a value that was measured. */
export function percentile(samples: Samples, share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

/** A row of a table: p50, p90, p99 and the largest. */
export function spread(samples: Samples): string[] {
  return [0.5, 0.9, 0.99, 1].map((share) => percentile(samples, share).toFixed(0));
}
