import knex from 'knex';
import { pino } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { createModuleApp } from './kit/app.ts';
import { listen } from './kit/listen.ts';
import { loadModule } from './load.ts';

/** Runs one module backend, configured by its environment alone: `node dist/modules/main.js finance`, or `ai.chat`. */
async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const definition = await loadModule(config.service);
  if (!definition) throw new Error(`module ${config.service} has no backend here`);
  const logger = pino({ level: config.logLevel, base: { service: config.service } });
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: config.databaseUrl,
      connectionTimeoutMillis: config.databaseTimeoutMs,
      statement_timeout: config.databaseTimeoutMs,
      query_timeout: config.databaseTimeoutMs + 250,
    },
    pool: { min: 0, max: 10 },
    acquireConnectionTimeout: config.databaseTimeoutMs,
  });
  const app = createModuleApp(definition, {
    assertionKeys: `${config.gatewayUrl}/.well-known/gateway-jwks.json`,
    auth: config.auth,
    moduleSecret: config.moduleSecret,
    gatewayUrl: config.gatewayUrl,
    db,
    logger,
  });
  const server = await listen(app, config);
  logger.info({ url: server.url }, 'module is listening');

  const stop = (): void => void server.close().then(() => db.destroy());
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

/** As everywhere here: 2 wrong usage or environment, 5 something outside is in the way, 4 anything else. */
function exitCode(error: Error): number {
  if (error instanceof ConfigError) return 2;
  return (error.cause as { code?: string } | undefined)?.code === 'EADDRINUSE' ? 5 : 4;
}

await main().catch((error: Error) => {
  process.stderr.write(`kisum module: ${error.message}\n`);
  process.exitCode = exitCode(error);
});
