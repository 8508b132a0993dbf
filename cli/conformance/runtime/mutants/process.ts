import { reference } from './reference.ts';
import { first, mutant, type Mutant } from './mutant.ts';
import { get } from 'node:http';
import type { Step } from '../../../../modules/kit/state.ts';
import type { Row } from '../../../../modules/kit/index.ts';

const SOMEBODY = 'eeeeeeee-0000-4000-8000-000000000001';
const COMPANY = 'eeeeeeee-0000-4000-8000-00000000c0c0';

/** Wrong in what else they do: routes, log, connections, their end. */
export const PROCESS: Mutant[] = [
  mutant('KSM-P15', 'guards one spelling and routes two', {
    ...first((ctx) => {
      if (!ctx.path.endsWith('/')) return;
      ctx.path = ctx.path.slice(0, -1);
      ctx.state.identity = { by: 'token', userId: SOMEBODY, token: '' };
      ctx.state.company = COMPANY;
    }),
    chain: (right) =>
      Object.values(right as object).map(
        (it: Step): Step =>
          (ctx, next) =>
            ctx.state.identity?.userId === SOMEBODY ? next() : it(ctx, next),
      ),
  }),
  mutant(
    'KSM-P15',
    'does what x-http-method-override says',
    first((ctx) => {
      const method = ctx.get('x-http-method-override');
      if (method) ctx.method = method;
    }),
  ),
  mutant('KSM-P16', 'serves a route nobody declared', {
    routes: (router) =>
      void router.get('/api/reference/every-note', (ctx) => void (ctx.body = { success: true })),
  }),
  mutant('KSM-P16', 'tells its metrics to everybody', {
    first: () => async (ctx, next) => {
      if (ctx.path === '/metrics') ctx.body = 'up 1';
      else await next();
    },
  }),
  mutant(
    'KSM-P17',
    'writes the token into its log',
    first((ctx, { logger }) => logger.info({ headers: ctx.headers }, 'got')),
  ),
  mutant('KSM-P17', 'writes no line for what it refuses', {
    record:
      (right, { logger }) =>
      async (ctx, next) => {
        ctx.state.requestId = ctx.get('x-request-id');
        ctx.set('x-request-id', ctx.state.requestId);
        await next();
        if (ctx.status < 400)
          logger.info({ requestId: ctx.state.requestId, endpoint: `${ctx.method} ${ctx.path}` });
        else void right;
      },
  }),
  mutant(
    'KSM-P18',
    'tells a host nobody declared',
    first(() => void get('http://127.0.0.1:9/').on('error', () => undefined)),
  ),
  mutant(
    'KSM-P20',
    'fails on a query it cannot decode',
    first((ctx) => void decodeURIComponent(ctx.querystring)),
  ),
  mutant(
    'KSM-P20',
    'ends on a request it did not expect',
    first((ctx) => {
      if (!ctx.querystring.includes('__proto__')) return;
      setImmediate(() => {
        throw new Error('nobody foresaw this');
      });
    }),
  ),
  mutant('KSM-P20', 'cuts what runs on SIGTERM', {
    first: () => {
      process.prependListener('SIGTERM', () => process.exit(0));
      return (_, next) => next();
    },
  }),
  mutant('KSM-P20', 'keeps something running for ever', {
    first: () => {
      setInterval(() => undefined, 60_000);
      return (_, next) => next();
    },
  }),
];

/** What only a real PostgreSQL finds out: there the module's login can be nobody else. */
export const ON_SERVER: Mutant[] = [
  mutant(
    'KSM-P18',
    'reads a table of somebody else',
    {},
    reference({
      'note.list': {
        handle: async (request) => {
          const data = await request.transaction(async (tx) => {
            await tx.raw('reset role');
            return tx<Row>('pg_authid').select('rolname');
          });
          return { data };
        },
      },
    }),
  ),
];
