import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Listening } from '../../modules/kit/listen.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { readManifest } from '../../modules/manifest/read.ts';
import { projectFile } from '../../policies/root.ts';
import { serveModule, type ServeOptions } from './serve-modules.ts';

const ROOMS = [projectFile('modules', 'base'), projectFile('modules', 'addons')];
/** Listing two folders costs nothing; watching them differs on every system. */
const EVERY_MS = 1000;

/** Modules that come while `npm start` runs: each is served as soon as its folder is there and the catalog knows it. */
export class LateModules {
  readonly #options: ServeOptions;
  /** Keys of those that are served, or were tried. */
  readonly #known: Set<string>;
  readonly #listening: Listening[] = [];
  readonly #timer = setInterval(() => void this.look(), EVERY_MS).unref();
  #looking: Promise<void> | undefined;

  /** @param known served already */
  constructor(known: Manifest[], options: ServeOptions) {
    this.#known = new Set(known.map(({ key }) => key));
    this.#options = options;
  }

  /** Serves what is new. Never throws: what cannot be served is logged, once. */
  async look(): Promise<void> {
    await this.#looking;
    this.#looking = this.#serveNew().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all(this.#listening.map((it) => it.close()));
  }

  async #serveNew(): Promise<void> {
    for (const folder of folders().filter((it) => !this.#known.has(basename(it)))) {
      await this.#serve(folder).catch((err: unknown) => {
        this.#known.add(basename(folder));
        const { logger } = this.#options;
        logger.error({ err, module: basename(folder) }, 'cannot be served: mend it, then restart npm start');
      });
    }
  }

  async #serve(folder: string): Promise<void> {
    const manifest = readManifest(join(folder, 'module.yaml'));
    const { db, logger } = this.#options;
    if (!(await db('core.services').where({ key: manifest.key }).first('key'))) return;
    this.#known.add(manifest.key);
    this.#listening.push(...(await serveModule(manifest, this.#options)));
    logger.info({ module: manifest.key }, 'a new module is served');
  }
}

function folders(): string[] {
  return ROOMS.flatMap((room) => readdirSync(room).map((name) => join(room, name))).filter((folder) =>
    existsSync(join(folder, 'module.yaml')),
  );
}
