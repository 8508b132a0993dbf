import { isRevoked, type UserFact } from '../access/source.ts';
import { unauthorized, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import type { Subject, User } from '../tokens/subject.ts';

/** Who is asking. On a public route no token is read. */
export function validateJwt({
  verifier,
  access,
  onBehalfOf,
}: Pick<Parts, 'verifier' | 'access' | 'onBehalfOf'>): Step {
  return (exchange) => {
    if (exchange.match?.route.access === 'public') return;
    const token = bearer(exchange.head.authorization);
    const subject = verifier.verify(token);
    return subject instanceof Promise
      ? subject.then((it) => identify(exchange, it, token))
      : identify(exchange, subject, token);
  };

  function identify(exchange: Exchange, subject: Subject, token: string): void | Promise<void> {
    exchange.subject = subject;
    if (subject.kind === 'user') {
      exchange.bearer = token;
      return recognise(exchange, subject);
    }
    return onBehalfOf.read(exchange.head.onBehalfOf, subject.key).then(({ user, companyId }) => {
      exchange.onBehalfOfCompany = companyId;
      return recognise(exchange, user);
    });
  }

  function recognise(exchange: Exchange, user: User): void | Promise<void> {
    const fact = access.user(user.id);
    if (!(fact instanceof Promise)) return admit(exchange, user, fact);
    return fact.then(
      (it) => admit(exchange, user, it),
      (cause) => {
        throw unavailable('the user cannot be looked up', cause);
      },
    );
  }
}

/**
 * A token of a deleted user, or older than the user's last revocation, is no token.
 * @throws Refusal 401
 */
export function checkUser(fact: UserFact, tokenVersion: number | undefined): void {
  if (isRevoked(tokenVersion, fact)) throw unauthorized('the token is revoked');
}

function admit(exchange: Exchange, { id, tokenVersion }: User, fact: UserFact): void {
  checkUser(fact, tokenVersion);
  exchange.userId = id;
  exchange.user = fact;
  exchange.tokenVersion = tokenVersion;
}

function bearer(authorization: string | undefined | null): string {
  if (authorization === undefined) throw unauthorized('a bearer token is needed');
  const token = authorization && /^bearer +([^\s,]+)$/i.exec(authorization)?.[1];
  if (!token) throw unauthorized('exactly one Authorization header with a bearer token is needed');
  return token;
}
