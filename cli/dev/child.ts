/** The process of one module alone: begun anew at every change of its files, so that nothing old stays loaded. */
import { openAsBlob } from 'node:fs';
import { pino } from 'pino';
import { createModuleApp } from '../../modules/kit/app.ts';
import { listen } from '../../modules/kit/listen.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import { loadModule } from '../../modules/load.ts';
import { openDatabase } from '../../platform/database/database.ts';
import type { Start, Started } from './protocol.ts';

const tell = (message: Started): void => void process.send?.(message);

// Without `kisum-cli dev` nobody would end it.
process.once('disconnect', () => process.exit(1));
process.once('message', (start: Start) => {
  void serve(start).then(tell, (error: Error) => tell({ failed: error.stack ?? error.message }));
});

async function serve({ services, world, dump, auth, moduleSecret }: Start): Promise<Started> {
  const db = await openDatabase({ memory: true, from: await openAsBlob(dump) });
  const logger = pino({ base: null }, pino.destination(2));
  const assertionKeys = `${world}/.well-known/gateway-jwks.json`;
  const urls: Record<string, string> = {};
  for (const service of services) {
    const definition = await loadModule(service);
    if (!definition) continue;
    if (definition.migrations.length > 0) await migrateModule(db, definition);
    const host = {
      assertionKeys,
      auth,
      moduleSecret,
      gatewayUrl: world,
      db,
      logger: logger.child({ service }),
    };
    urls[service] = (await listen(createModuleApp(definition, host))).url;
  }
  if (Object.keys(urls).length > 0) return { urls };
  return { failed: `${services[0]} has no backend yet: no index.ts stands beside its module.yaml` };
}
