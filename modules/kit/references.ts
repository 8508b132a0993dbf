import { isForeign, type EntityField } from '../manifest/fields.ts';
import type { Change, Row } from './collection.ts';
import { conflict, invalid } from './errors.ts';
import type { ModuleRequest } from './handler.ts';

/** Every entity of another module that a body names exists for this company. Throws `validation_error`. */
export async function confirmReferences(fields: EntityField[], request: ModuleRequest): Promise<void> {
  for (const { name, to } of named(fields, request.body)) {
    if (!isForeign(to)) continue;
    if (!(await request.base.get(to, request.body[name] as string))) throw unknown(name, to);
  }
}

/** The same for entities of this module; what another company owns does not exist. */
export async function ownReferences(fields: EntityField[], { tx, request }: Change): Promise<void> {
  for (const { name, to } of named(fields, request.body)) {
    if (isForeign(to)) continue;
    const id = request.body[name] as string;
    if (!(await tx<Row>(to).where({ id }).forShare().first('id'))) throw unknown(name, to);
  }
}

/** A state begins as its first value and moves only as the manifest says. Throws `conflict`. */
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

function named(fields: EntityField[], body: Row): { name: string; to: string }[] {
  return fields.flatMap(({ name, to }) => (to && typeof body[name] === 'string' ? [{ name, to }] : []));
}

function unknown(name: string, to: string): Error {
  const entity = to.replace(/^.*\./, '').replaceAll('_', ' ');
  return invalid('the body is not valid', { [name]: `is no ${entity} of this company` });
}
