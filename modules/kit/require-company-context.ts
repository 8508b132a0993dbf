import { invalid, unauthorized } from './errors.ts';
import { sent } from './headers.ts';
import { type KitContext, required, type Step } from './state.ts';
import { isUuid } from './uuid.ts';

/** Second step: the company asked for. 400 when `x-org` is missing, malformed, doubled or not the one asserted. */
export function requireCompanyContext(): Step {
  return async (ctx, next) => {
    ctx.state.company = companyOf(ctx);
    await next();
  };
}

function companyOf(ctx: KitContext): string {
  const identity = required(ctx, 'identity');
  const asked = askedCompany(ctx);
  if (identity.by === 'token') {
    if (!asked) throw invalid('x-org is missing');
    return asked;
  }
  const { company } = identity.claims;
  if (!company) throw unauthorized('the assertion names no company');
  if (asked && asked !== company) throw invalid('x-org is not the company of the assertion');
  return company;
}

function askedCompany(ctx: KitContext): string | undefined {
  const [company, ...more] = sent(ctx.req, 'x-org');
  if (more.length > 0) throw invalid('x-org was sent more than once');
  if (company !== undefined && !isUuid(company)) throw invalid('x-org is not a company id');
  return company?.toLowerCase();
}
