import { userInfo } from 'node:os';

/** Who makes a change, as history keeps it: `--as`, else KISUM_ACTOR, else whoever is logged in here. */
export function actor({ as }: { as?: string }): string {
  return as || process.env.KISUM_ACTOR || `cli:${userInfo().username}`;
}
