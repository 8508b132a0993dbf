import { type JsonWebKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { discoverManifests } from '../../../modules/manifest/discover.ts';
import { readManifest } from '../../../modules/manifest/read.ts';
import { CliError, EXIT } from '../../errors.ts';
import type { Examination } from './examination.ts';
import { examine } from './examine.ts';
import { running, startForeign } from './service/foreign.ts';
import { keyFromJwk, type SigningKey } from './world/keys.ts';
import { openWorld } from './world/world.ts';

/** A service that is not ours to read: in any language, known by its manifest alone. */
export interface UrlOptions {
  /** Path of its `module.yaml`. */
  manifest: string;
  /** Where it runs already, configured to find Auth and the gateway on `authPort`. */
  url?: string | undefined;
  /** Or how to start it: program and arguments, no shell; it is told everything by its environment. */
  command?: string[] | undefined;
  /** Which of the manifest's services it is. Default: the first. */
  service?: string | undefined;
  /** Port of the stubs of Auth and the gateway. Default: 3097 beside `url`, else any free one. */
  authPort?: number | undefined;
  /** File with the private JWK or JWKS the gateway signs with, for a service that cannot be told of another key. */
  assertionKey?: string | undefined;
  /** Where it writes its log, for what can only be seen there. */
  logFile?: string | undefined;
  rules?: readonly string[] | undefined;
}

const AUTH_PORT = 3097;

/** Every probe that needs no view from inside; the others are not examined. */
export async function checkUrl(options: UrlOptions): Promise<Examination> {
  const { url, command = [], authPort = url === undefined ? 0 : AUTH_PORT, rules } = options;
  if ((url === undefined) === (command.length === 0)) {
    throw new CliError(
      EXIT.usage,
      'name the running service with --url, or the command that starts it after --',
    );
  }
  // What was started ends with this process, also when it is interrupted.
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
  const manifest = readManifest(options.manifest);
  const service = options.service ?? manifest.services[0]!;
  if (!manifest.services.includes(service)) {
    throw new CliError(
      EXIT.usage,
      `${manifest.key} has no service ${service}; it has ${manifest.services.join(', ')}`,
    );
  }
  const all = discoverManifests().map((found) => found.manifest);
  const gatewayKey =
    options.assertionKey === undefined ? {} : { gatewayKey: privateKey(options.assertionKey) };
  const world = await openWorld({ module: manifest, all, port: authPort, ...gatewayKey });
  try {
    const target =
      url === undefined
        ? await startForeign(command, world, randomBytes(32).toString('hex'))
        : await running(url, options.logFile);
    return await examine({ manifest, service, world, target, rules }).finally(target.kill);
  } finally {
    await world.close();
  }
}

function privateKey(file: string): SigningKey {
  try {
    const content = JSON.parse(readFileSync(file, 'utf8')) as { keys?: JsonWebKey[] } & JsonWebKey;
    return keyFromJwk(content.keys?.[0] ?? content);
  } catch (cause) {
    throw new CliError(EXIT.usage, `${file} holds no private Ed25519 key as JWK or JWKS`, cause);
  }
}
