/** One thing to be timed; a promise is waited for. */
export interface Timed {
  name: string;
  run: () => unknown;
  /** Calls per sample: enough to be seen by the clock. */
  calls?: number;
}

const CALLS = 20_000;
/** The first one warms up and is not counted. */
export const TURNS = 10;

/** Median microseconds per call. The samples of all take turns, so that a disturbance meets all alike. */
export async function timeAll(things: Timed[]): Promise<Record<string, number>> {
  const samples = new Map(things.map(({ name }) => [name, [] as number[]]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const thing of things) {
      const micros = await sample(thing);
      if (turn > 0) samples.get(thing.name)!.push(micros);
    }
  }
  return Object.fromEntries([...samples].map(([name, micros]) => [name, median(micros)]));
}

/** Processor time, not the clock's: what else runs on the machine is not counted. */
async function sample({ run, calls = CALLS }: Timed): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const pending = run();
    if (pending instanceof Promise) await pending;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
