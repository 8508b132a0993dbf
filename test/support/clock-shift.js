/** Preloaded by `--import`: each SIGUSR2 sets this process's clock anew, an hour ahead, an hour behind, then right again. */
const HOUR_MS = 3_600_000;
const SHIFTS = [HOUR_MS, -HOUR_MS, 0];
const right = Date.now;
let turns = 0;

process.on('SIGUSR2', () => {
  const shift = SHIFTS[turns % SHIFTS.length];
  turns += 1;
  Date.now = () => right() + shift;
});
