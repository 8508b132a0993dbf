import type { IncomingMessage } from 'node:http';
import { issueModuleToken } from '../tokens.ts';
import { checkModule } from './authenticate.ts';
import { AuthError } from './errors.ts';
import type { AuthServiceOptions } from './options.ts';

const LIFE_S = 300;
const MAX_BODY_BYTES = 4096;

/** What `POST /auth/service-token` answers as `data`; `expiresIn` in seconds. */
export async function moduleToken(
  request: IncomingMessage,
  options: AuthServiceOptions,
): Promise<{ token: string; expiresIn: number }> {
  const module = moduleOf(await readText(request));
  await checkModule(request, module, options);
  const { keys, issuer, audience } = options;
  return {
    token: await issueModuleToken(keys, { issuer, audience, module, ttl: LIFE_S }),
    expiresIn: LIFE_S,
  };
}

function moduleOf(text: string): string {
  const malformed = (cause?: unknown): AuthError =>
    new AuthError('validation_error', 'send a JSON body: {"module":"<key>"}', cause);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw malformed(cause);
  }
  const module = typeof body === 'object' && body !== null && 'module' in body ? body.module : undefined;
  if (typeof module !== 'string' || module === '') throw malformed();
  return module;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new AuthError('validation_error', 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
