/** What one module backend is told by its environment. */
export interface ModuleConfig {
  /** Which backend it is: `finance`, `ai.chat`. */
  service: string;
  host: string;
  port: number;
  databaseUrl: string;
  databaseTimeoutMs: number;
  gatewayUrl: string;
  auth: { url: string; issuer: string; audience: string; jwksUrl?: string };
  moduleSecret: string;
  logLevel: string;
}

/** The environment cannot be used as it is. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Every key a backend reads, with what it means; those without a default are needed. */
export const KEYS: Record<
  string,
  { description: string; default?: string; valid?: (value: string) => boolean }
> = {
  HOST: { description: 'Address to listen on: loopback or a private network', default: '127.0.0.1' },
  PORT: { description: 'Port to listen on; 0 takes a free one', valid: isPort },
  DATABASE_URL: { description: "PostgreSQL, by a login that is a member of the module's role", valid: isUrl },
  DB_TIMEOUT_MS: { description: 'Longest time one statement may take', default: '5000', valid: isPositive },
  GATEWAY_URL: { description: 'The gateway: its public keys, and the way to other modules', valid: isUrl },
  AUTH_URL: { description: 'The Auth service', valid: isUrl },
  AUTH_ISSUER: { description: "`iss` of Auth's tokens" },
  AUTH_AUDIENCE: { description: "`aud` of Auth's tokens" },
  AUTH_JWKS_URL: {
    description: "Auth's public keys; empty: /.well-known/jwks.json of AUTH_URL",
    default: '',
  },
  MODULE_SECRET: {
    description: 'HMAC-SHA256 of the module key (`ai` for ai.chat) under INTERNAL_API_KEY, hex',
    valid: isSecret,
  },
  LOG_LEVEL: { description: 'Least level that is logged', default: 'info', valid: isLevel },
};

/** Reads the command line (`main.js <service>`) and the environment. Throws {@link ConfigError} with every fault at once. */
export function readConfig(args: string[], env: NodeJS.ProcessEnv): ModuleConfig {
  const [service = ''] = args;
  const faults = service ? [] : ['no module named: run it as `main.js <service>`'];
  const values = Object.fromEntries(
    Object.entries(KEYS).map(([name, { description, default: fallback, valid }]) => {
      const value = env[name] || fallback;
      if (value === undefined) faults.push(`${name} is missing: ${description}`);
      else if (value !== '' && valid && !valid(value)) faults.push(`${name} is not valid: ${description}`);
      return [name, value ?? ''];
    }),
  ) as Record<string, string>;
  if (faults.length > 0) throw new ConfigError(`the module cannot start:\n  ${faults.join('\n  ')}`);
  const { AUTH_JWKS_URL: jwksUrl } = values;
  return {
    service,
    host: values['HOST']!,
    port: Number(values['PORT']),
    databaseUrl: values['DATABASE_URL']!,
    databaseTimeoutMs: Number(values['DB_TIMEOUT_MS']),
    gatewayUrl: withoutSlash(values['GATEWAY_URL']!),
    auth: {
      url: withoutSlash(values['AUTH_URL']!),
      issuer: values['AUTH_ISSUER']!,
      audience: values['AUTH_AUDIENCE']!,
      ...(jwksUrl && { jwksUrl }),
    },
    moduleSecret: values['MODULE_SECRET']!,
    logLevel: values['LOG_LEVEL']!,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '');
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) < 65_536;
}

function isPositive(value: string): boolean {
  return /^[1-9]\d{0,8}$/.test(value);
}

function isUrl(value: string): boolean {
  return URL.canParse(value);
}

function isSecret(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

function isLevel(value: string): boolean {
  return ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].includes(value);
}
