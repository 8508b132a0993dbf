import { isForeign, type EntityField } from '../manifest/fields.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Change, Row } from './change.ts';
import { conflict, invalid } from './errors.ts';
import type { ModuleRequest } from './handler.ts';

/**
 * Every entity of another module that a body names exists for this company. Throws `validation_error`.
 * The companies that the row gets from them: column → id.
 */
export async function confirmReferences(fields: EntityField[], request: ModuleRequest): Promise<Row> {
  const companies: Row = {};
  for (const { name, to, company } of named(fields, request.body)) {
    if (!isForeign(to)) continue;
    const found = await request.base.get(to, request.body[name] as string);
    if (!found) throw unknown(name, to);
    if (company) companies[company] = found['company_id'];
  }
  return companies;
}

/** The same for entities of this module; what another company owns does not exist. They stay until the transaction ends. */
export async function ownReferences(
  { owns }: Manifest,
  fields: EntityField[],
  { tx, request }: Pick<Change, 'tx' | 'request'>,
): Promise<Row> {
  const companies: Row = {};
  for (const { name, to, company } of named(fields, request.body)) {
    if (isForeign(to)) continue;
    const id = request.body[name] as string;
    const found = await tx<Row>(to).where({ id }).forKeyShare().first();
    if (!found) throw unknown(name, to);
    if (company) companies[company] = found[owns.find(({ entity }) => entity === to)!.companies[0]!];
  }
  return companies;
}

/** A state begins as its first value, or one step from it, and moves only as the manifest says. Throws `conflict`. */
export function nextState(fields: EntityField[], { before, after }: Pick<Change, 'before' | 'after'>): void {
  for (const { name, type, values: [first] = [], next } of fields) {
    const wanted = after?.[name] as string | undefined;
    if (type !== 'state' || !next || wanted === undefined) continue;
    const current = before ? (before[name] as string) : first!;
    if (wanted === current || next[current]?.includes(wanted)) continue;
    const moves = next[current]?.join(' or ');
    throw conflict(`${name} ${current} ${moves ? `becomes ${moves}` : 'is final'}, not ${wanted}`);
  }
}

/** A row of two companies has two. Throws `validation_error`. */
export function twoSides(companies: string[], row: Row): void {
  const ids = companies.map((column) => String(row[column]).toLowerCase());
  if (new Set(ids).size < ids.length) throw invalid('both sides of it would be this company');
}

type Reference = Pick<EntityField, 'name' | 'company'> & { to: string };

function named(fields: EntityField[], body: Row): Reference[] {
  return fields.flatMap((field) =>
    field.to && typeof body[field.name] === 'string' ? [{ ...field, to: field.to }] : [],
  );
}

function unknown(name: string, to: string): Error {
  const entity = to.replace(/^.*\./, '').replaceAll('_', ' ');
  return invalid('the body is not valid', { [name]: `is no ${entity} of this company` });
}
