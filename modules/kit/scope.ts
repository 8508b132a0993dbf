import { UNIT_KEY } from '../manifest/fields.ts';
import { invalid } from './errors.ts';
import { compile } from './validation.ts';

/** Business units that somebody is limited to; null: not limited, so all there are. No unit at all sees nothing. */
export type Units = readonly string[] | null;

/** Of `units` as the gateway asserts it and Auth answers it. */
export const UNITS = { anyOf: [{ type: 'null' }, { type: 'array', items: UNIT_KEY }] };

/** Whether this is such a limit; each key of the shape it must have. */
export const isUnits = compile<string[] | null>(UNITS);

/** Throws `validation_error` unless the unit that a body names is within the limit; one that nobody has looks the same. */
export function requireUnit(units: Units, unit: unknown): void {
  if (units && !units.includes(unit as string))
    throw invalid('the body is not valid', { unit: 'is not one of your business units' });
}
