import { forbidden, notFound, unavailable } from '../../../../modules/kit/errors.ts';
import { everything, nothing, remembering, unless, peek } from './steps.ts';
import { reference } from './reference.ts';
import { first, mutant, step, type Mutant } from './mutant.ts';
import { bodyChecker } from '../../../../modules/kit/validation.ts';
import type { Step } from '../../../../modules/kit/state.ts';
import type { Row } from '../../../../modules/kit/index.ts';

const COMPANY = 'eeeeeeee-0000-4000-8000-00000000c0c0';

/** Wrong in what they answer, and with whose rows. */
export const ANSWERS: Mutant[] = [
  mutant(
    'KSM-P09',
    'opens while Auth is away',
    step('resolveAccessContext', (right, permission) =>
      unless(right, 'service_unavailable', (ctx) => void (ctx.state.access = everything(permission))),
    ),
  ),
  mutant(
    'KSM-P09',
    'answers 403 while Auth is away',
    step('resolveAccessContext', (right) =>
      unless(right, 'service_unavailable', () => {
        throw forbidden('access denied');
      }),
    ),
  ),
  mutant(
    'KSM-P09',
    'stays closed after an outage',
    step('resolveAccessContext', (right) => {
      const lost = new Set<string>();
      return async (ctx, next) => {
        const { userId } = ctx.state.identity!;
        if (lost.has(userId)) throw unavailable('Auth was away');
        await unless(right, 'service_unavailable', () => {
          lost.add(userId);
          throw unavailable('Auth is away');
        })(ctx, next);
      };
    }),
  ),
  mutant(
    'KSM-P11',
    'asks Auth about another company',
    step('resolveAccessContext', (right) => async (ctx, next) => {
      const company = ctx.state.company!;
      ctx.state.company = COMPANY;
      await right(ctx, nothing);
      ctx.state.company = company;
      await next();
    }),
  ),
  mutant(
    'KSM-P11',
    'answers without its envelope',
    first(() => undefined),
    reference({ 'note.list': { handle: () => ({ status: 200 }) } }),
  ),
  mutant('KSM-P12', 'checks the body before it asks for access', {
    chain: (right, { handler }) => {
      const { requirePermission, ...before } = right;
      const check = handler.body && bodyChecker(handler.body);
      const early: Step = async (ctx, next) => {
        if (check) check(await peek(ctx));
        await next();
      };
      return [...Object.values(before), early, requirePermission];
    },
  }),
  mutant(
    'KSM-P13',
    'keeps access by user alone',
    step('resolveAccessContext', (right) => remembering(right, (ctx) => ctx.state.identity!.userId)),
  ),
  mutant(
    'KSM-P13',
    'shows the rows of every company',
    {},
    reference({
      'note.get': {
        handle: async (request) => {
          const row = await request.transaction(async (tx): Promise<Row | undefined> => {
            await tx.raw('reset role');
            return tx<Row>('reference.note').where({ id: request.params['id'] }).first();
          });
          if (!row) throw notFound();
          return { data: row };
        },
      },
    }),
  ),
  mutant(
    'KSM-P13',
    'believes the company of a body',
    {},
    reference({
      'note.create': {
        body: { type: 'object', required: ['title'] },
        handle: async (request) => {
          const { title, unit, company_id: company = request.company } = request.body as Row;
          const [row] = await request.transaction(async (tx) => {
            await tx.raw('reset role');
            return tx<Row>('reference.note').insert({ title, unit, company_id: company }, '*');
          });
          return { status: 201, data: row };
        },
      },
    }),
  ),
];
