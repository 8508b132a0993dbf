/** The policy compiler, one of the pinned tools. */
import { findTool, toolVersion, type Log } from './tool.ts';

export type { Log } from './tool.ts';

export function findOpa(log?: Log): Promise<string> {
  return findTool('opa', log);
}

export function pinnedVersion(): Promise<string> {
  return toolVersion('opa');
}
