/** Milliseconds: of this process, and since 1970. */
export interface Clock {
  monotonic: () => number;
  wall: () => number;
}

export const systemClock: Clock = { monotonic: () => performance.now(), wall: () => Date.now() };
