import { actor } from '../actor.ts';
import { columns } from '../columns.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { idOption } from './id-option.ts';
import { boughtRow } from './period.ts';

/** A company without anything bought yet. One that is there already is left as it is. */
export async function create(name: string, options: { id?: string; as?: string }): Promise<Outcome> {
  const id = idOption(options.id);
  const company = await perform('create-company', { name, id, actor: actor(options) });
  return {
    text: columns([[company.name, company.id, company.changed ? 'created' : 'unchanged']]),
    data: company,
    notes: company.notes,
  };
}

/** Every company with what it has now, or will have. */
export async function list(): Promise<Outcome> {
  const companies = await perform('list-companies', {});
  const rows = companies.map(({ id, name, bought }) => [
    name,
    id,
    bought
      .filter(({ ended }) => !ended)
      .map(({ key, started }) => (started ? key : `${key} (later)`))
      .join(', '),
  ]);
  return { text: columns(rows), data: companies, examined: { companies: companies.length } };
}

/** Its periods and its members. */
export async function show(company: string): Promise<Outcome> {
  const found = await perform('show-company', { company });
  const bought = found.bought.map(boughtRow);
  const members = found.members.map(({ user, role, status }) => [user.name, user.email, role, status]);
  const text = [
    `${found.name}  ${found.id}`,
    '',
    'Bought',
    indented(columns(bought), 'nothing yet: kisum-cli entitle <company> <package>'),
    'Business units',
    indented(found.units.join('\n'), 'none: kisum-cli company add-unit <company> <unit>'),
    'Members',
    indented(columns(members), 'none yet: kisum-cli user add <user> <company>'),
  ].join('\n');
  return { text, data: found };
}

function indented(text: string, none: string): string {
  return (text || none).replace(/^/gm, '  ');
}
