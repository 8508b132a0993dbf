import { after, remembering } from './steps.ts';
import { reference } from './reference.ts';
import { mutant, step, type Mutant } from './mutant.ts';
import type { Fault } from './assemble.ts';
import { notFound } from '../../../../modules/kit/errors.ts';
import type { KitContext } from '../../../../modules/kit/state.ts';
import type { Row } from '../../../../modules/kit/index.ts';

/** Wrong in which business units they keep to. */
export const UNITS: Mutant[] = [
  mutant('KSM-P21', 'lists the rows of every unit', unlimited('note.list')),
  mutant('KSM-P21', 'shows a row of every unit', unlimited('note.get')),
  mutant('KSM-P21', 'makes a row in every unit', unlimited('note.create')),
  mutant('KSM-P21', 'changes a row of every unit', unlimited('note.update')),
  mutant('KSM-P21', 'deletes a row of every unit', unlimited('note.delete')),
  mutant(
    'KSM-P21',
    'takes no unit at all for no limit',
    limit(({ state }) => state.access!.units?.length === 0),
  ),
  mutant(
    'KSM-P21',
    'keeps to the limit of the assertion alone',
    limit(({ state }) => state.identity!.by === 'token'),
  ),
  mutant(
    'KSM-P21',
    'keeps to the limit of Auth alone',
    limit(({ state }) => state.identity!.by === 'assertion'),
  ),
  mutant(
    'KSM-P21',
    'keeps a limit by user and company',
    step('resolveAccessContext', (right) =>
      remembering(right, (ctx) => `${ctx.state.identity!.userId} ${ctx.state.company}`),
    ),
  ),
  mutant(
    'KSM-P21',
    'lists the unit it is asked for',
    limit(({ state, querystring }) => state.route!.id.endsWith('.list') && querystring.includes('unit=')),
  ),
  mutant(
    'KSM-P21',
    'moves a row to every unit',
    {},
    reference({
      'note.update': {
        body: { type: 'object' },
        handle: (request) =>
          request.transaction(async (tx) => {
            const { id } = request.params;
            if (!(await tx<Row>('note').where({ id }).first())) throw notFound();
            await tx.raw(`select set_config('kisum.units', '*', true)`);
            const [data] = await tx<Row>('note').where({ id }).update(request.body, '*');
            return { data };
          }),
      },
    }),
  ),
  mutant(
    'KSM-P21',
    'refers to a row of every unit',
    {},
    reference({
      'note.create': {
        body: { type: 'object', required: ['title', 'unit'] },
        handle: async (request) => {
          // The foreign key finds the row, wherever it is.
          const [data] = await request.transaction((tx) =>
            tx<Row>('note').insert({ ...request.body, company_id: request.company }, '*'),
          );
          return { status: 201, data };
        },
      },
    }),
  ),
];

/** Not limited on this route, whoever asks. */
function unlimited(route: string): Fault {
  return limit(({ state }) => state.route!.id === `reference.${route}`);
}

/** The right access, whose limit is forgotten where `lifted` says so. */
function limit(lifted: (ctx: KitContext) => boolean): Fault {
  return step('resolveAccessContext', (right) =>
    after(right, (ctx) => {
      if (lifted(ctx)) ctx.state.access = { ...ctx.state.access!, units: null };
    }),
  );
}
