/** Where the tools look, and how the compiler is asked. */
import { run, type Ran } from './run.ts';

export interface Place {
  /** The folder of the policies. */
  policies: string;
  /** The compiler, see `findTool`. */
  opa: string;
  /** Stops what runs. */
  signal?: AbortSignal | undefined;
}

/** Paths in its arguments and in what it prints are seen from the policies' folder. */
export function askOpa({ opa, policies, signal }: Place, args: string[]): Promise<Ran> {
  return run(opa, args, { cwd: policies, signal });
}

/** What a tool printed as JSON, `null` when it is none. */
export function jsonIn<T>(text: Buffer | string): T | null {
  try {
    return JSON.parse(text.toString()) as T;
  } catch {
    return null;
  }
}
