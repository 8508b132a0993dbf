import { type DiscoveredManifest, discoverManifests } from '../../../modules/manifest/discover.ts';
import type { Manifest } from '../../../modules/manifest/manifest.ts';
import { CliError, EXIT } from '../../errors.ts';
import type { Finding } from '../../outcome.ts';
import { examine } from './examine.ts';
import { type Examination, joined } from './examination.ts';
import { inTurns } from './in-turns.ts';
import { dumpEmpty } from './service/embedded-dump.ts';
import { startOwn } from './service/own.ts';
import type { Start, Subject } from './service/protocol.ts';
import { scratchDatabase } from './service/scratch.ts';
import { RUNTIME_RULES } from './rules.ts';
import { openWorld } from './world/world.ts';

export type { Cell, Examination, MatrixRow } from './examination.ts';
export { checkUrl } from './check-url.ts';
export { matrixText } from './matrix.ts';

export interface RuntimeOptions {
  /** A server for scratch databases, by a role that may create databases and roles. Default: TEST_DATABASE_URL. */
  databaseUrl?: string | undefined;
  /** Ids of the rules to probe for; absent: all. */
  rules?: readonly string[] | undefined;
  /** Told of what is going on, for stderr. */
  log?: (line: string) => void;
}

/** Starts every service of these modules, no key: of all, and probes it. Throws a {@link CliError} for an unknown key. */
export async function checkRuntime(keys: string[], options: RuntimeOptions = {}): Promise<Examination> {
  const all = discoverManifests();
  const wanted = keys.length === 0 ? all : keys.map((key) => named(all, key));
  const services = wanted.flatMap(({ manifest }) =>
    manifest.services.map((service) => ({ manifest, service, subject: { module: manifest.key, service } })),
  );
  return withDatabases(options, async (database) => {
    const examinations = await inTurns(
      2,
      services.map((it) => async () => {
        options.log?.(`probing ${it.service}`);
        return examineOwn(
          { ...it, all: all.map(({ manifest }) => manifest), rules: options.rules },
          database,
        );
      }),
    );
    return joined(examinations);
  });
}

function named(all: DiscoveredManifest[], key: string): DiscoveredManifest {
  const found = all.find(({ manifest }) => manifest.key === key);
  if (found) return found;
  const known = all.map(({ manifest }) => manifest.key).join(', ');
  throw new CliError(EXIT.usage, `there is no module ${key}; there are ${known}`);
}

export interface Own {
  manifest: Manifest;
  service: string;
  subject: Subject;
  all: Manifest[];
  rules?: readonly string[] | undefined;
}

/** Gives each service a database of its own, and takes it back. */
export type Databases = <T>(work: (database: Start['database']) => Promise<T>) => Promise<T>;

/** Scratch databases on a server where there is one; else copies of one empty embedded database. */
export async function withDatabases<T>(
  { databaseUrl = process.env['TEST_DATABASE_URL'] }: RuntimeOptions,
  work: (databases: Databases) => Promise<T>,
): Promise<T> {
  if (databaseUrl) {
    return work(async (use) => {
      const scratch = await scratchDatabase(databaseUrl);
      const { ownerUrl, url, login } = scratch;
      try {
        return await use({ ownerUrl, url, login });
      } finally {
        await scratch.drop();
      }
    });
  }
  const dump = await dumpEmpty();
  try {
    return await work((use) => use({ dump: dump.file }));
  } finally {
    await dump.drop();
  }
}

/** One service of this tree, from its start to its end. That it does not start is a finding as well. */
export async function examineOwn(
  { manifest, service, subject, all, rules }: Own,
  databases: Databases,
): Promise<Examination> {
  const world = await openWorld({ module: manifest, all });
  try {
    return await databases(async (database) => {
      const started = await startOwn({ subjects: [subject], manifest, world, database }).catch(
        (error: Error) => error,
      );
      if (started instanceof Error) return didNotStart(manifest.key, service, started);
      const target = started[0]!;
      return examine({ manifest, service, world, target, rules }).finally(target.kill);
    });
  } finally {
    await world.close();
  }
}

function didNotStart(module: string, service: string, error: Error): Examination {
  const { id: rule, severity } = RUNTIME_RULES.find(({ id }) => id === 'KSM-P20')!;
  const message = `service ${service}: ${error.message}`;
  const fix = `Run it alone to see why: kisum-cli dev ${module}`;
  const finding: Finding = { rule, severity, module, message, fix };
  const cells = { [rule]: 'fail' as const };
  return {
    findings: [finding],
    examined: { modules: 1, routes: 0, probes: 1, requests: 0 },
    matrix: [{ module, service, route: `service ${service}`, cells }],
    notExamined: [{ what: `service ${service}`, why: 'it does not start' }],
  };
}
