import type { Change } from '../../../policies/contract.ts';

const NOTHING = { modules: [], permissions: [], packages: [], addons: [], role: null };

/** A change of one type, with what belongs to it. */
export function changeOf(type: Change['type'], what: Partial<Omit<Change, 'type'>> = {}): Change {
  return { type, ...NOTHING, ...what };
}
