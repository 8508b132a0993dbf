/** Reads decision logs, for whoever asks what was decided. Whether a log is whole is asked of `verify.ts`. */
import { parseEntry, type Entry } from './entry.ts';
import { rawLines } from './lines.ts';

export type PlacedEntry = Entry & {
  file: string;
  /** From 1. */
  line: number;
};

/**
 * The entries of a log file, in order. A catalog stands before the first event that was decided on it, in every file.
 * Lines that are none of a log, such as the torn last one of a crash, come as `unreadable`. Holds one line in memory.
 * Rejects when the file cannot be read.
 */
export async function* readLog(file: string): AsyncGenerator<PlacedEntry> {
  for await (const lines of rawLines(file)) {
    for (const { bytes, number } of lines) yield { ...parseEntry(bytes), file, line: number };
  }
}

export async function* readLogs(files: Iterable<string>): AsyncGenerator<PlacedEntry> {
  for (const file of files) yield* readLog(file);
}
