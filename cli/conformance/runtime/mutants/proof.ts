import { invalid, notFound } from '../../../../modules/kit/errors.ts';
import { identify, unless } from './steps.ts';
import { first, mutant, step, type Mutant } from './mutant.ts';
import { parametersFit } from '../../../../modules/kit/path.ts';
import type { Step } from '../../../../modules/kit/state.ts';

/** Wrong in how they know who asks. */
export const PROOF: Mutant[] = [
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
    'KSM-P10',
    'believes every token while it has no keys',
    step('validateJwt', (right) => unless(right, 'service_unavailable', identify)),
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
];
