import { writeSync } from 'node:fs';

/** Preloaded into a timed process: tells its processor time in milliseconds on descriptor 3 when it ends. */
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String((user + system) / 1000));
});
