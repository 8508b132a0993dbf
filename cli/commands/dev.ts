import pc from 'picocolors';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { discoverManifests, type DiscoveredManifest } from '../../modules/manifest/discover.ts';
import { projectFile } from '../../policies/root.ts';
import { dumpEmpty } from '../conformance/runtime/service/embedded-dump.ts';
import { openWorld } from '../conformance/runtime/world/world.ts';
import { curlLines } from '../dev/curl-lines.ts';
import { openFront, type Front, type Life } from '../dev/front.ts';
import { startModule } from '../dev/module-process.ts';
import { enterSamples, type Samples } from '../dev/samples.ts';
import { watchFolders } from '../dev/watch.ts';
import { CliError, EXIT } from '../errors.ts';
import { nearestOrAll } from '../operations/names.ts';

export interface DevOptions {
  port: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** One module alone, on a database in memory with sample rows, begun anew when its files change. Until Ctrl-C. */
export async function dev(key: string, options: DevOptions): Promise<void> {
  if (process.env.NODE_ENV === 'production') {
    throw new CliError(
      EXIT.precondition,
      'dev takes everybody for an administrator: it never runs in production',
    );
  }
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CliError(EXIT.usage, '--port is a number from 0 to 65535; 0 takes a free one');
  const { folder } = find(key);
  const dump = await dumpEmpty();
  const session = new Session(key, dump.file);
  const front = await openFront(port, () => session.life).catch(async (error: unknown) => {
    await dump.drop();
    throw error;
  });
  const unwatch = watchFolders([folder, projectFile('modules', 'kit')], (file) => {
    say(pc.dim(`${file} changed`));
    void session.begin(front);
  });
  const stop = (): void => {
    unwatch();
    front.close();
    void Promise.all([session.end(), dump.drop()]).then(() => process.exit(EXIT.ok));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  await session.begin(front);
}

/** The module's lives, one after the other. */
class Session {
  readonly #key: string;
  readonly #dump: string;
  #ending: (() => Promise<void>)[] = [];
  #turn: Promise<void> = Promise.resolve();
  #wanted = 0;
  #told = '';
  life: Life | undefined;

  constructor(key: string, dump: string) {
    this.#key = key;
    this.#dump = dump;
  }

  /** Ends the present life and begins another; a change that comes while one begins is not lost. */
  begin(front: Front): Promise<void> {
    const mine = ++this.#wanted;
    this.#turn = this.#turn.then(async () => {
      if (mine !== this.#wanted) return;
      await this.end();
      await this.#begin(front).catch(async (error: Error) => {
        await this.end();
        say(`${pc.red('does not run:')} ${error.message}\n${pc.dim('waiting for a change')}`);
      });
    });
    return this.#turn;
  }

  async end(): Promise<void> {
    this.life = undefined;
    for (const close of this.#ending.splice(0).reverse()) await close();
  }

  async #begin({ url }: Front): Promise<void> {
    const { manifest } = find(this.#key);
    const all = discoverManifests().map((found) => found.manifest);
    const world = await openWorld({ module: manifest, all });
    this.#ending.push(() => world.close());
    const running = await startModule(manifest, world, this.#dump);
    this.#ending.push(() => running.stop());
    this.life = { manifest, world, urls: running.urls };
    this.#tell(manifest, url, await enterSamples(manifest, url));
  }

  /** The lines to paste again only where they are others than before. */
  #tell(manifest: Manifest, url: string, samples: Samples): void {
    const lines = curlLines(manifest, url, samples).join('\n');
    const refused = samples.refused.map((why) => pc.yellow(`no sample of ${why}`));
    if (lines === this.#told) return say(['runs again', ...refused].join('\n'));
    this.#told = lines;
    const head = `\n${pc.bold(manifest.title)} alone, as Ana of Acme  ${pc.cyan(url)}`;
    const end = pc.dim('Reloads when a file changes, with fresh sample rows. Ctrl-C ends it.');
    say([head, lines, ...refused, '', end].join('\n'));
  }
}

function find(key: string): DiscoveredManifest {
  const all = discoverManifests();
  const found = all.find(({ manifest }) => manifest.key === key);
  if (found) return found;
  const keys = all.map(({ manifest }) => manifest.key);
  throw new CliError(
    EXIT.usage,
    `no module is called "${key}"; ${nearestOrAll(key, keys, 'kisum-cli module status')}`,
  );
}
