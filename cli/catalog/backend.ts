import type { ModuleDefinition } from '../../modules/kit/define-module.ts';
import { migrateModule } from '../../modules/kit/migrate.ts';
import { loadModule } from '../../modules/load.ts';
import type { Database } from '../../platform/database/database.ts';
import { CliError, EXIT } from '../errors.ts';

/** SQLSTATE of what a statement itself is refused for; not of a connection, or a server in need. */
const STATEMENT_REFUSED = /^(?:0A|2[0-7BF]|3[489F]|4[0-4]|P0)/;

/** The backend of a service; `undefined` when it has none. Throws CliError 4 where its code cannot be loaded. */
export async function loadBackend(service: string): Promise<ModuleDefinition | undefined> {
  try {
    return await loadModule(service);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(EXIT.precondition, `${service} cannot be loaded, mend it first: ${why}`, cause);
  }
}

/** Brings the module's schema up to date. Throws CliError 4 where the database refuses one of its statements. */
export async function migrateBackend(db: Database, definition: ModuleDefinition): Promise<void> {
  if (definition.migrations.length === 0) return;
  try {
    await migrateModule(db, definition);
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message: string };
    if (!STATEMENT_REFUSED.test(String(code))) throw cause;
    const { key } = definition.manifest;
    throw new CliError(
      EXIT.precondition,
      `the migrations of ${key} cannot be run, mend them and repeat this: ${message}`,
      cause,
    );
  }
}
