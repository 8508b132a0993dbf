import { forbidden } from '../../../../modules/kit/errors.ts';
import { after, believed, everything, remembering, unless } from './steps.ts';
import { mutant, step, without, type Mutant } from './mutant.ts';

const COMPANY = 'eeeeeeee-0000-4000-8000-00000000c0c0';

/** Wrong in whom they let in. */
export const ACCESS: Mutant[] = [
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
    'KSM-P14',
    'keeps access by user and company',
    step('resolveAccessContext', (right) =>
      remembering(right, (ctx) => `${ctx.state.identity!.userId} ${ctx.state.company}`),
    ),
  ),
];
