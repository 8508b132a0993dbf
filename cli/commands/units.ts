import { actor } from '../actor.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { UnitChange } from '../operations/units.ts';
import type { Outcome } from '../outcome.ts';

interface Acting {
  as?: string;
}

/** A business unit of a company, which memberships can be limited to. One that is there already is left as it is. */
export async function addUnit(company: string, unit: string, options: Acting): Promise<Outcome> {
  return told('added', await perform('add-unit', { company, unit, actor: actor(options) }));
}

/** Whoever was limited to it sees what is left of the limit, be that nothing. */
export async function removeUnit(company: string, unit: string, options: Acting): Promise<Outcome> {
  return told('removed', await perform('remove-unit', { company, unit, actor: actor(options) }));
}

function told(done: string, change: UnitChange): Outcome {
  const { company, unit, changed } = change;
  return {
    text: `${company.name}: business unit ${unit} ${changed ? done : 'unchanged'}`,
    data: change,
    notes: change.notes,
  };
}

/** Limits a membership to these units and no others, or lifts the limit. */
export async function limit(
  user: string,
  company: string,
  units: string[],
  options: Acting & { all?: boolean },
): Promise<Outcome> {
  if (Boolean(options.all) === units.length > 0)
    throw new CliError(EXIT.usage, 'name the business units, or lift the limit with --all');
  const asked = options.all ? null : units;
  const done = await perform('limit-member', { user, company, units: asked, actor: actor(options) });
  const text = `${done.user.name} in ${done.company.name}: ${limitText(done.units)}${done.changed ? '' : ' (unchanged)'}`;
  return { text, data: done, notes: done.notes };
}

/** `berlin, rotterdam`. */
export function limitText(units: string[] | null): string {
  if (units === null) return 'every business unit';
  return units.length === 0 ? 'no business unit' : `business units ${units.join(', ')}`;
}
