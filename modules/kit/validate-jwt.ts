import type { JWTVerifyGetKey } from 'jose';
import { type AccessTokenRules, verifyAccessToken } from './access-token.ts';
import { ASSERTION_HEADER, verifyAssertion } from './assertion.ts';
import { unauthorized } from './errors.ts';
import { sent } from './headers.ts';
import type { Identity, KitContext, Step } from './state.ts';

export interface JwtRules {
  /** Whom an assertion must be meant for: this module. */
  audience: string;
  assertionKeys: JWTVerifyGetKey;
  /** Absent: only requests through the gateway are accepted. */
  accessTokens?: AccessTokenRules | undefined;
}

/** First step: the gateway's assertion or, called directly, a token of Auth. 401 for anything else. */
export function validateJwt(rules: JwtRules): Step {
  return async (ctx, next) => {
    ctx.state.identity = await identify(ctx, rules);
    await next();
  };
}

async function identify(ctx: KitContext, rules: JwtRules): Promise<Identity> {
  const [assertion, ...more] = sent(ctx.req, ASSERTION_HEADER);
  if (more.length > 0) throw unauthorized(`${ASSERTION_HEADER} was sent more than once`);
  if (assertion !== undefined) {
    const claims = await verifyAssertion(assertion, rules.assertionKeys, rules.audience);
    return { by: 'assertion', userId: claims.userId, assertion, claims };
  }
  const token = bearer(ctx);
  if (!rules.accessTokens) throw unauthorized('this module is called through the gateway');
  return { by: 'token', userId: await verifyAccessToken(token, rules.accessTokens), token };
}

function bearer(ctx: KitContext): string {
  const [authorization, ...more] = sent(ctx.req, 'authorization');
  if (authorization === undefined) throw unauthorized('missing token');
  if (more.length > 0) throw unauthorized('authorization was sent more than once');
  const [, token] = /^Bearer ([^ ]+)$/i.exec(authorization) ?? [];
  if (!token) throw unauthorized('authorization is not a bearer token');
  return token;
}
