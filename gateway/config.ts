import { isIP } from 'node:net';
import type { Trust } from '../policies/engine/bundle.ts';
import { readAssertionKeys, type AssertionKeys } from './assertion/keys.ts';
import { policyFaults, readTrust } from './policy/settings.ts';
import { integer, key, list, oneOf, text, url, urls, type Key } from './config-keys.ts';
import { decisionLogFaults, readSigner, readSinks } from './decision-log/settings.ts';

/** As a browser writes it: lower case, no path, no default port. */
const isOrigin = (text: string) =>
  /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
const isAddressRange = (text: string) => {
  const [address = '', bits = '0', ...more] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
};

const HTTP = ['http:', 'https:'];
const POSTGRES = ['postgres:', 'postgresql:'];
const port = { min: 0, max: 65_535 };

/** Every key of the environment: its meaning, default and shape. The README's table is made from this. */
export const CONFIG_KEYS = {
  HOST: text('Address the gateway listens on', { default: '127.0.0.1' }),
  PORT: integer('Port the gateway listens on', { ...port, default: '8080' }),
  ADMIN_HOST: text('Address of the admin listener (`/metrics`, `/healthz`, `/readyz`)', {
    default: '127.0.0.1',
  }),
  ADMIN_PORT: integer('Port of the admin listener', { ...port, default: '9090' }),
  DATABASE_URL: url('PostgreSQL with the `core` and `auth` schemas', POSTGRES, { required: true }),
  DATABASE_LISTEN_URL: url(
    'Direct connection for notifications, where `DATABASE_URL` is that of a pooler',
    POSTGRES,
  ),
  ACCESS_SOURCE: oneOf(
    'Where access is resolved: the tables of Core and Auth, or the live Auth service',
    ['database', 'auth'],
    {
      default: 'database',
    },
  ),
  AUTH_URL: url('Base URL of Auth; required with `ACCESS_SOURCE=auth`', HTTP),
  AUTH_ISSUER: text('`iss` that a token must carry', { required: true }),
  AUTH_AUDIENCE: text('`aud` that a token must carry', { required: true }),
  AUTH_JWKS_URL: url('Public keys of Auth; by default `/.well-known/jwks.json` under `AUTH_URL`', HTTP),
  AUTH_ALGORITHMS: list(
    'Signature algorithms a token may use',
    (it) => /^(?:[RPE]S(?:256|384|512)|EdDSA)$/.test(it),
    'asymmetric algorithms such as RS256',
    { default: 'RS256' },
  ),
  AUTH_TIMEOUT_MS: integer('Longest wait for a whole answer of Auth about access', {
    min: 50,
    max: 60_000,
    default: '1000',
  }),
  INTERNAL_API_KEY: text(
    'Key that backends show to Auth, so required with `ACCESS_SOURCE=auth`; it also seals the versions of `x-kisum-min-version`',
  ),
  POLICY_BUNDLE: text(
    'Policy bundle: an archive, a folder or the URL of a bundle server; by default the one in this build',
  ),
  POLICY_VERIFY_KEY: text(
    'File with the public keys (PEM or JWKS) bundles must be signed with; without it none may be signed',
  ),
  POLICY_CACHE: text('Folder that keeps the last good bundles and a rollback; required with a bundle server'),
  POLICY_POLL_MS: integer('How often the policy bundle is looked at', {
    min: 100,
    max: 3_600_000,
    default: '5000',
  }),
  POLICY_MAX_STALENESS_MS: integer(
    'Longest use of a policy its bundle server did not confirm; after it every decision is a 503',
    { min: 200, max: 604_800_000, default: '3600000' },
  ),
  POLICY_SHADOW: text('Candidate bundle evaluated in the shadow, from the same kinds of place'),
  UPSTREAMS: urls('JSON, service key → base URL (`finance`, `ai.chat`); overrides the catalog', HTTP),
  ASSERTION_KEYS: text('JWKS of private Ed25519 keys, the first signs; the same on every replica', {
    required: true,
  }),
  CORS_ORIGINS: list('Web origins that may call from a browser', isOrigin, 'origins'),
  TRUSTED_PROXIES: list(
    'Addresses or ranges whose `X-Forwarded-For` names the client in the log',
    isAddressRange,
    'addresses or CIDR ranges',
  ),
  ACCESS_MAX_STALENESS_MS: integer('Longest use of cached access without proof that it is current', {
    min: 200,
    max: 60_000,
    default: '1000',
  }),
  ACCESS_LEASE_MS: integer('Longest an open stream goes on without proof that its access is current', {
    min: 1000,
    max: 60_000,
    default: '2000',
  }),
  UPSTREAM_TIMEOUT_MS: integer('Longest wait for a module to begin its answer', {
    min: 10,
    max: 600_000,
    default: '10000',
  }),
  JWKS_COOLDOWN_MS: integer('Shortest time between two fetches of the keys', {
    min: 1,
    max: 1000,
    default: '1000',
  }),
  JWKS_MAX_AGE_MS: integer('Age from which keys are refreshed in the background', {
    min: 100,
    max: 86_400_000,
    default: '300000',
  }),
  DB_TIMEOUT_MS: integer('Longest wait for the database', { min: 50, max: 60_000, default: '1000' }),
  DRAIN_TIMEOUT_MS: integer('Longest wait for running requests on SIGTERM', {
    min: 0,
    max: 600_000,
    default: '10000',
  }),
  REQUEST_LOG: oneOf(
    'Whether every request is a line on stdout; `off` needs `DECISION_LOG`, and leaves only failures there',
    ['on', 'off'],
    { default: 'on' },
  ),
  DECISION_LOG: key(
    'Where decisions are logged, separated by commas: files (`/…`, `./…`), or URLs they are uploaded to as OPA does',
    readSinks,
    { default: '' },
  ),
  DECISION_LOG_TOKEN: text('Bearer token for uploads of decisions'),
  DECISION_LOG_KEY: key(
    'Private Ed25519 key (PEM, JWK or JWKS) that signs checkpoints of the log',
    readSigner,
    {},
  ),
  DECISION_LOG_CHECKPOINTS: text(
    'Where checkpoints are kept beside the log: a file on another disk, or `stdout`; needs `DECISION_LOG_KEY`',
  ),
  DECISION_LOG_MAX_BYTES: integer('Size from which a log file is rotated', {
    min: 65_536,
    max: 17_179_869_184,
    default: '67108864',
  }),
  DECISION_LOG_KEEP: integer('Rotated log files that are kept', { min: 1, max: 100_000, default: '10' }),
  DECISION_LOG_BUFFER_BYTES: integer(
    'Most that waits in memory for one place; what comes on top is counted',
    {
      min: 65_536,
      max: 1_073_741_824,
      default: '8388608',
    },
  ),
  LOG_LEVEL: oneOf('Lowest level logged', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    default: 'info',
  }),
} satisfies Record<string, Key<unknown>>;

type Keys = typeof CONFIG_KEYS;
type Value<K> = K extends Key<infer V> ? V : never;
type Optional =
  | 'DATABASE_LISTEN_URL'
  | 'AUTH_URL'
  | 'INTERNAL_API_KEY'
  | 'POLICY_BUNDLE'
  | 'POLICY_VERIFY_KEY'
  | 'POLICY_CACHE'
  | 'POLICY_SHADOW'
  | 'DECISION_LOG_TOKEN'
  | 'DECISION_LOG_KEY'
  | 'DECISION_LOG_CHECKPOINTS';

export type GatewayConfig = { [K in Exclude<keyof Keys, Optional>]: Value<Keys[K]> } & {
  [K in Optional]?: Value<Keys[K]>;
} & { assertionKeys: AssertionKeys; policyTrust: Trust };

export type Environment = Record<string, string | undefined>;

/** The environment is not usable; `faults` names every key that is wrong or missing. */
export class ConfigError extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`the environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * Reads the environment whole. An empty value counts as unset.
 * @throws ConfigError with every fault at once
 */
export async function readConfig(env: Environment): Promise<GatewayConfig> {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries<Key<unknown>>(CONFIG_KEYS)) {
    const text = env[name] || key.default;
    if (text === undefined) {
      if (key.required) faults.push(`${name} is missing: ${key.description}`);
      continue;
    }
    try {
      values[name] = key.parse(text);
    } catch (error) {
      faults.push(`${name} must be ${(error as Error).message}`);
    }
  }
  values.AUTH_JWKS_URL ??=
    values.AUTH_URL && new URL('/.well-known/jwks.json', values.AUTH_URL as string).href;
  if (!env.AUTH_JWKS_URL && !env.AUTH_URL) faults.push('AUTH_JWKS_URL is missing: set it, or AUTH_URL');
  if (values.ACCESS_SOURCE === 'auth') faults.push(...accessFaults(env));
  values.policyTrust = await readTrust(values.POLICY_VERIFY_KEY as string | undefined, faults);
  faults.push(...policyFaults(values), ...decisionLogFaults(env));
  if (values.ASSERTION_KEYS) values.assertionKeys = await readKeys(values.ASSERTION_KEYS as string, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return values as GatewayConfig;
}

/** What it takes to ask Auth. */
function accessFaults({ AUTH_URL, INTERNAL_API_KEY }: Environment): string[] {
  const faults = Object.entries({ AUTH_URL, INTERNAL_API_KEY })
    .filter(([, value]) => !value)
    .map(([name]) => `${name} is missing: ACCESS_SOURCE=auth needs it`);
  if (INTERNAL_API_KEY && !/^[\x21-\x7e]+$/.test(INTERNAL_API_KEY))
    faults.push('INTERNAL_API_KEY must be characters that a header can carry: ACCESS_SOURCE=auth sends it');
  return faults;
}

async function readKeys(text: string, faults: string[]): Promise<AssertionKeys | undefined> {
  try {
    return await readAssertionKeys(text);
  } catch (error) {
    faults.push(`ASSERTION_KEYS must be a JWKS of private Ed25519 keys: ${(error as Error).message}`);
    return undefined;
  }
}
