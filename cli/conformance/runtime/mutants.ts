import { get } from 'node:http';
import { Readable } from 'node:stream';
import type { ModuleApp } from '../../../modules/kit/app.ts';
import type { ModuleDefinition } from '../../../modules/kit/define-module.ts';
import { forbidden, invalid, notFound, unavailable } from '../../../modules/kit/errors.ts';
import type { ModuleHost } from '../../../modules/kit/host.ts';
import { parametersFit } from '../../../modules/kit/path.ts';
import type { KitContext, Step } from '../../../modules/kit/state.ts';
import type { Row } from '../../../modules/kit/index.ts';
import { bodyChecker } from '../../../modules/kit/validation.ts';
import { assemble, type Chain, type Fault } from './mutants/assemble.ts';
import { reference } from './mutants/reference.ts';
import { after, believed, everything, identify, nothing, remembering, unless } from './mutants/steps.ts';

/** A module that is wrong in one thing, and the probe that must find it. */
export interface Mutant {
  name: string;
  rule: string;
  definition: ModuleDefinition;
  app: (definition: ModuleDefinition, host: ModuleHost) => ModuleApp;
}

const SOMEBODY = 'eeeeeeee-0000-4000-8000-000000000001';
const COMPANY = 'eeeeeeee-0000-4000-8000-00000000c0c0';

function mutant(rule: string, name: string, fault: Fault, definition = reference()): Mutant {
  return { name, rule, definition, app: (served, host) => assemble(served, host, fault) };
}

/** One step of every chain replaced. */
function step(name: keyof Chain, wrong: (right: Step, permission: string) => Step): Fault {
  return {
    chain: (right, { route }) => Object.values({ ...right, [name]: wrong(right[name], route.permission!) }),
  };
}

function without(name: keyof Chain): Fault {
  return step(name, () => (_, next) => next());
}

function first(work: (ctx: KitContext, host: ModuleHost) => void | Promise<void>): Fault {
  return {
    first: (host) => async (ctx, next) => {
      await work(ctx, host);
      await next();
    },
  };
}

export const MUTANTS: Mutant[] = [
  mutant(
    'KSM-P01',
    'takes a token from the query',
    first((ctx) => {
      const token = new URLSearchParams(ctx.querystring).get('access_token');
      if (token) ctx.req.rawHeaders.push('authorization', `Bearer ${token}`);
    }),
  ),
  mutant(
    'KSM-P01',
    'takes the last of two authorization headers',
    first((ctx) => {
      const { rawHeaders } = ctx.req;
      const at = rawHeaders.findIndex(
        (text, index) => index % 2 === 0 && text.toLowerCase() === 'authorization',
      );
      const isDoubled = rawHeaders.filter((text) => text.toLowerCase() === 'authorization').length > 1;
      if (isDoubled) rawHeaders.splice(at, 2);
    }),
  ),
  mutant(
    'KSM-P02',
    'reads a token and does not verify it',
    step('validateJwt', (right) => unless(right, 'unauthorized', identify)),
  ),
  mutant(
    'KSM-P03',
    'has a company for whoever names none',
    step('requireCompanyContext', (right) =>
      unless(right, 'validation_error', (ctx) => void (ctx.state.company = COMPANY)),
    ),
  ),
  mutant(
    'KSM-P04',
    'takes who is no member for a guest',
    step('resolveAccessContext', (right, permission) =>
      unless(right, 'forbidden', (ctx) => void (ctx.state.access = everything(permission))),
    ),
  ),
  mutant('KSM-P05', 'forgets requireModule', without('requireModule')),
  mutant('KSM-P06', 'forgets requirePermission', without('requirePermission')),
  mutant(
    'KSM-P06',
    'takes a prefix for the permission',
    step('requirePermission', (_, permission) => async (ctx, next) => {
      const held = [...ctx.state.access!.permissions];
      if (!held.some((it) => permission.startsWith(it))) throw forbidden('missing permission');
      await next();
    }),
  ),
  mutant(
    'KSM-P07',
    'trusts what a token claims',
    step('resolveAccessContext', (right) =>
      after(right, (ctx) => {
        const { permissions = [] } = believed(ctx) as { permissions?: string[] };
        const { access } = ctx.state;
        ctx.state.access = { ...access!, permissions: new Set([...access!.permissions, ...permissions]) };
      }),
    ),
  ),
  mutant(
    'KSM-P07',
    'opens to admins',
    step('requirePermission', (right) => async (ctx, next) => {
      if (ctx.state.access!.role === 'ADMIN') await next();
      else await right(ctx, next);
    }),
  ),
  mutant(
    'KSM-P08',
    'wants a role in the token',
    step('validateJwt', (right) =>
      after(right, (ctx) => {
        if (believed(ctx)['role'] === undefined) throw forbidden('no role');
      }),
    ),
  ),
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
    'KSM-P10',
    'believes every token while it has no keys',
    step('validateJwt', (right) => unless(right, 'service_unavailable', identify)),
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
          const { title, company_id: company = request.company } = request.body as Row;
          const [row] = await request.transaction(async (tx) => {
            await tx.raw('reset role');
            return tx<Row>('reference.note').insert({ title, company_id: company }, '*');
          });
          return { status: 201, data: row };
        },
      },
    }),
  ),
  mutant(
    'KSM-P14',
    'keeps access by user and company',
    step('resolveAccessContext', (right) =>
      remembering(right, (ctx) => `${ctx.state.identity!.userId} ${ctx.state.company}`),
    ),
  ),
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
    'KSM-P19',
    'looks at x-org before the token',
    first((ctx) => {
      const org = ctx.get('x-org');
      if (org && !/^[0-9a-f-]{36}$/i.test(org)) throw invalid('x-org is malformed');
    }),
  ),
  mutant('KSM-P19', 'says what is not there before who may know', {
    chain: (right, { route }) => {
      const { requirePermission, ...before } = right;
      const found: Step = async (ctx, next) => {
        const { params } = ctx as unknown as { params: Record<string, string> };
        if (!parametersFit(route.path, params)) throw notFound();
        await next();
      };
      return [...Object.values(before), found, requirePermission];
    },
  }),
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

/** The module nothing is wrong with. */
export const CLEAN: Mutant = mutant('', 'is right', {});

export function mutantNamed(name: string): Mutant {
  const found = [CLEAN, ...MUTANTS, ...ON_SERVER].find((it) => it.name === name);
  if (!found) throw new Error(`there is no mutant that ${name}`);
  return found;
}

/** Reads the body, and puts back what it read. */
async function peek(ctx: KitContext): Promise<unknown> {
  const { req } = ctx;
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const { headers, rawHeaders, method, url } = req;
  ctx.req = Object.assign(Readable.from(chunks), {
    headers,
    rawHeaders,
    method,
    url,
  }) as unknown as typeof req;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw invalid('the body is not JSON');
  }
}
