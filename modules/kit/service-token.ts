import { ask } from './ask.ts';
import { unavailable } from './errors.ts';
import { compile } from './validation.ts';

/** Renewed this long before it ends, or at half of a shorter life. */
const MARGIN_S = 30;

/** The module's own token, by which the gateway knows who calls. */
export interface ServiceToken {
  /** Throws `service_unavailable`. */
  get(): Promise<string>;
  /** The gateway refused it: ask for another one. */
  forget(): void;
}

interface TokenAnswer {
  success: true;
  data: { token: string; expiresIn: number };
}

const isTokenAnswer = compile<TokenAnswer>({
  type: 'object',
  required: ['success', 'data'],
  properties: {
    success: { const: true },
    data: {
      type: 'object',
      required: ['token', 'expiresIn'],
      properties: {
        token: { type: 'string', minLength: 1 },
        expiresIn: { type: 'number', exclusiveMinimum: 0 },
      },
    },
  },
});

/** Asks Auth for the token when it is needed, once for all who wait, and keeps it while it lives. */
export function serviceToken(authUrl: string, module: string, moduleSecret: string): ServiceToken {
  let token: Promise<string> | undefined;
  let renewAt = Infinity;

  const request = async (): Promise<string> => {
    const { status, body } = await ask(`${authUrl}/auth/service-token`, {
      method: 'POST',
      headers: { 'x-internal-api-key': moduleSecret },
      body: { module },
    });
    if (status !== 200 || !isTokenAnswer(body))
      throw unavailable(`Auth gave no service token (status ${status})`);
    const { expiresIn } = body.data;
    renewAt = performance.now() + Math.max(expiresIn - MARGIN_S, expiresIn / 2) * 1000;
    return body.data.token;
  };
  const forget = (): void => {
    token = undefined;
    renewAt = Infinity;
  };

  return {
    forget,
    get() {
      if (performance.now() >= renewAt) forget();
      token ??= request().catch((error: unknown) => {
        forget();
        throw error;
      });
      return token;
    },
  };
}
