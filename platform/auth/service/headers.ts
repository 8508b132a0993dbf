import type { IncomingMessage } from 'node:http';
import { isUuid } from '../tokens.ts';
import { AuthError } from './errors.ts';

/** Every value of a header as it was sent: Node joins or drops repeated ones. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name);
}

/** The header's one value, or `undefined` when it is absent or repeated. */
export function single(request: IncomingMessage, name: string): string | undefined {
  const values = valuesOf(request, name);
  return values.length === 1 ? values[0] : undefined;
}

export function isSent(request: IncomingMessage, name: string): boolean {
  return valuesOf(request, name).length > 0;
}

/** Throws 401. */
export function bearerToken(request: IncomingMessage): string {
  const token = /^Bearer ([\w.-]+)$/i.exec(single(request, 'authorization') ?? '')?.[1];
  if (!token) throw new AuthError('unauthorized', 'send one authorization header: Bearer <token>');
  return token;
}

/** Throws 400. */
export function companyIdOf(request: IncomingMessage): string {
  const company = single(request, 'x-org');
  if (!company || !isUuid(company))
    throw new AuthError('validation_error', 'send one x-org header: the company id');
  return company.toLowerCase();
}
