import { createLog } from '../../gateway/log.ts';
import { startGateway } from '../../gateway/gateway.ts';
import { CatalogKeeper } from '../../gateway/catalog/keeper.ts';
import { answerParent } from '../child.ts';
import { openDemo } from '../demo.ts';
import type { Job } from './job.ts';

/** The gateway with everything on, as it runs in production but for its database, which is in this process. */
answerParent(async (message: Job | { memory: true }) => {
  if ('memory' in message) return memory();
  const { db, config } = await openDemo(message);
  if (message.evaluated) forgetDecisions();
  const { url } = await startGateway(config, db, createLog('info').log);
  return { url };
});

/** Every decision is evaluated: what is remembered is never found. */
function forgetDecisions(): void {
  const current = Object.getOwnPropertyDescriptor(CatalogKeeper.prototype, 'current')!;
  Object.defineProperty(CatalogKeeper.prototype, 'current', {
    get(this: CatalogKeeper) {
      const catalog = current.get!.call(this) as CatalogKeeper['current'];
      catalog.decisions.get = () => undefined;
      return catalog;
    },
  });
}

/** After a full collection, in MiB. */
async function memory(): Promise<{ heap: number; rss: number }> {
  global.gc!();
  await new Promise((resolve) => setImmediate(resolve));
  global.gc!();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / 1024 ** 2, rss: rss / 1024 ** 2 };
}
