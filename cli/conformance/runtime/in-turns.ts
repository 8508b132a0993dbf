/** Runs the jobs, at most `atOnce` side by side; answers in their order. */
export function inTurns<T>(atOnce: number, jobs: (() => Promise<T>)[]): Promise<T[]> {
  const turn = turns(atOnce);
  return Promise.all(jobs.map((job) => turn(job)));
}

/** The same for jobs that come one by one: each begins when fewer than `atOnce` run. */
export function turns(atOnce: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
