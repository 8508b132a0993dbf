import pino, { type Logger } from 'pino';

export type { Logger };

/** Lines are gathered up to this size before they are written, and at least this often: a write costs a thread's turn. */
const BUFFER_BYTES = 8 * 1024;
const FLUSH_MS = 100;

/** JSON lines on stdout, written asynchronously. `flushSync` on the returned destination before the process ends. */
export function createLog(level: string): { log: Logger; flush: () => void } {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
  const log = pino(
    {
      level,
      base: null,
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return { log, flush: () => destination.flushSync() };
}

let moment = 0;
let iso = '';
let member = '';

/** ISO 8601, written anew only when the clock has moved on: many lines share a millisecond. */
export function isoNow(): string {
  const now = Date.now();
  if (now !== moment) {
    moment = now;
    iso = new Date(now).toISOString();
    member = `,"time":"${iso}"`;
  }
  return iso;
}

/** The same as a member of a log line. */
export function isoTime(): string {
  isoNow();
  return member;
}
