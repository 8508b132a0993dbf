/** Looks again at every save. A look that a save has overtaken is stopped: what it would say is no longer so. */
import { watchFiles } from './files.ts';
import { reviewChange } from './review.ts';
import type { Desk, Review } from './shape.ts';

export interface Looking {
  /** What was saved since the look before, from `policies/`; empty for the first look. */
  saved: string[];
  review: Review;
  done: boolean;
}

/** Goes on until `signal` says so. @param show called whenever there is more to see */
export async function watchPolicies(
  desk: Desk,
  show: (looking: Looking) => void,
  signal: AbortSignal,
): Promise<void> {
  const watcher = await watchFiles(desk.place.policies, signal);
  let stop = new AbortController();
  let looking = look([], stop.signal);
  for (;;) {
    const saved = await Promise.race([watcher.nextSave(), faultOf(looking)]);
    stop.abort();
    await looking;
    if (saved.some(isLaw)) desk.prover.forgetLaws();
    stop = new AbortController();
    looking = look(saved, AbortSignal.any([stop.signal, signal]));
  }

  async function look(saved: string[], overtaken: AbortSignal): Promise<void> {
    const saw = (review: Review, done = false) => show({ saved, review, done });
    try {
      const laws = saved.some(isLaw);
      saw(await reviewChange(desk, { laws, saw, signal: overtaken }), true);
    } catch (error) {
      if (!overtaken.aborted) throw error;
    }
  }
}

/** Never resolves: the loop ends with it. */
function faultOf(looking: Promise<void>): Promise<never> {
  return new Promise((_, reject) => void looking.catch(reject));
}

function isLaw(file: string): boolean {
  return file.startsWith('proof/');
}
