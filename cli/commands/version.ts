import type { Outcome } from '../outcome.ts';
import { cliVersion } from '../version.ts';

export function version(): Promise<Outcome> {
  const data = { version: cliVersion(), node: process.versions.node };
  return Promise.resolve({ text: data.version, data });
}
