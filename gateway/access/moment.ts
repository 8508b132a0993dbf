/** The clocks part when the machine was suspended or its clock was set; less is a clock being trimmed. */
export const CLOCKS_PART_MS = 250;

/**
 * A moment on both clocks of this machine: the monotonic one stands still while the machine is suspended, the other
 * may be set. What is older than it looks on either of them is old.
 */
export class Moment {
  readonly monotonic = performance.now();
  readonly wall = Date.now();

  /** Milliseconds since then, by the clock that says more. */
  ageMs(): number {
    return Math.max(performance.now() - this.monotonic, Date.now() - this.wall);
  }

  /** How much further one clock went than the other since `earlier`, in ms. */
  partedMs(earlier: Moment): number {
    return Math.abs(this.wall - earlier.wall - (this.monotonic - earlier.monotonic));
  }

  /** Milliseconds since `earlier`, by the clock that says more. */
  sinceMs(earlier: Moment): number {
    return Math.max(this.monotonic - earlier.monotonic, this.wall - earlier.wall);
  }
}
