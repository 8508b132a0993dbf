import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { readConfig, type GatewayConfig } from '../../gateway/config.ts';
import { LOCAL_LOG } from '../decision-logs.ts';
import { inHome, keptSecret } from '../home.ts';
import { DEFAULT_AUDIENCE, DEFAULT_ISSUER } from '../operations/platform.ts';
import { newSecret } from '../owner/secret.ts';

const AUTH_URL = 'http://127.0.0.1:3097';
/** Where the usual frontend development servers run. */
const CORS_ORIGINS = ['http://localhost:3000', 'http://localhost:5173'];
/** `npm start` opens the database itself; the gateway's own check of it must only be satisfied. */
const EMBEDDED = 'postgres://embedded';

export interface StartSettings {
  config: GatewayConfig;
  internalApiKey: string;
  authUrl: string;
}

/**
 * The environment, with embedded defaults for whatever production requires.
 * @param origins of the example page, let in beside the usual frontends
 */
export async function startSettings(origins: string[]): Promise<StartSettings> {
  const { env } = process;
  const authUrl = env.AUTH_URL || AUTH_URL;
  const internalApiKey = env.INTERNAL_API_KEY || (await keptSecret('internal-api-key', newSecret));
  const config = await readConfig({
    ...env,
    AUTH_URL: authUrl,
    INTERNAL_API_KEY: internalApiKey,
    DATABASE_URL: env.DATABASE_URL || EMBEDDED,
    AUTH_ISSUER: env.AUTH_ISSUER || DEFAULT_ISSUER,
    AUTH_AUDIENCE: env.AUTH_AUDIENCE || DEFAULT_AUDIENCE,
    ASSERTION_KEYS: env.ASSERTION_KEYS || (await keptSecret('assertion-keys.json', generateAssertionKeys)),
    CORS_ORIGINS: env.CORS_ORIGINS ?? [...CORS_ORIGINS, ...origins].join(','),
    POLICY_CACHE: env.POLICY_CACHE || inHome('policy'),
    DECISION_LOG: env.DECISION_LOG ?? LOCAL_LOG,
  });
  return { config, internalApiKey, authUrl };
}
