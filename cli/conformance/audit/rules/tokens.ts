import { plain } from '../facts.ts';
import type { AuditRule } from '../rule.ts';

const LIBRARY =
  /^(?:jsonwebtoken|jose|passport|passport-jwt|express-jwt|koa-jwt|jwks-rsa|jwt-decode|jwt-simple|fast-jwt|fastify-jwt|@fastify\/jwt|@nestjs\/(?:jwt|passport)|express-oauth2-jwt-bearer|github\.com\/(?:golang-jwt|dgrijalva|lestrrat-go|go-jose|auth0)\/(?:jwt|jwt-go|jwx|go-jose|go-jwt-middleware)(?:\/.*)?)$/;
const CHECKS = new Set([
  ...['jwtverify', 'jwtdecode', 'decodejwt', 'verifytoken', 'decodetoken', 'verifyjwt', 'parsewithclaims'],
]);
const OF_JWT = new Set(['verify', 'decode', 'sign', 'parse']);

/** Whether a file handles tokens by itself, so that its `payload` and `user` are a token's. */
export function handlesTokens(imports: string[]): boolean {
  return imports.some((name) => LIBRARY.test(name));
}

const CLAIMS = new Set(['claims', 'decoded', 'decodedtoken', 'tokenpayload', 'jwtpayload', 'jwt', 'idtoken']);
const CLAIMS_WITH_LIBRARY = new Set(['payload', 'user', 'token', 'verify', 'decode']);
const CARRIERS = new Set(['req', 'request', 'state', 'locals', 'session', 'ctx', 'context', 'auth']);
const ACCESS = new Set([
  ...['role', 'roles', 'userrole', 'tenantrole', 'permissions', 'permission', 'scope', 'scopes', 'groups'],
  ...['isadmin', 'issuperadmin', 'isowner', 'modules', 'grants', 'entitlements'],
]);

export const tokenRules: AuditRule[] = [
  {
    id: 'KSM-V01',
    kind: 'audit',
    severity: 'error',
    title: 'Tokens are checked by the kit alone',
    why: 'A second check drifts from the first: other keys, other algorithms, no revocation. Whoever finds the weaker one is in.',
    fix: "delete it: defineModule runs the kit's validateJwt before every handler",
    fault(fact) {
      if (fact.kind === 'import' && LIBRARY.test(fact.name)) return `imports ${fact.name}`;
      if (fact.kind !== 'call') return undefined;
      const [last, receiver] = [plain(fact.path.at(-1)), plain(fact.path.at(-2))];
      const ofJwt = OF_JWT.has(last) && /^(?:jwt|jsonwebtoken|jose)$/.test(receiver);
      const ofPassport = last === 'authenticate' && receiver === 'passport';
      const byHand = last === 'split' && /(?:token|jwt)$/.test(receiver) && fact.texts[0] === '.';
      return ofJwt || ofPassport || byHand || CHECKS.has(last)
        ? `checks a token itself: ${fact.path.join('.')}`
        : undefined;
    },
  },
  {
    id: 'KSM-V02',
    kind: 'audit',
    severity: 'error',
    title: "Access is never read from a token's claims",
    why: 'A token is minutes old and says what was true then; a revoked role lives on in it.',
    fix: "delete it: declare the permission in module.yaml; the kit's requirePermission answers before the handler runs",
    fault(fact, { imports }) {
      if (fact.kind !== 'member' || fact.path.length < 2) return undefined;
      const path = fact.path.map(plain);
      const at = path.findIndex((name, index) => index > 0 && ACCESS.has(name));
      if (at < 1) return undefined;
      const [holder = '', carrier = ''] = [path[at - 1], path[at - 2]];
      const fromToken =
        CLAIMS.has(holder) ||
        (CLAIMS_WITH_LIBRARY.has(holder) && handlesTokens(imports)) ||
        (holder === 'user' && CARRIERS.has(carrier));
      return fromToken ? `reads ${fact.path.slice(0, at + 1).join('.')} from a token` : undefined;
    },
  },
];
