import { migrateModule } from '../../../modules/kit/migrate.ts';
import type { ModuleDefinition } from '../../../modules/kit/define-module.ts';
import type { ModuleHost } from '../../../modules/kit/host.ts';
import { permissionsOf } from '../../../modules/manifest/derive.ts';
import { embeddedDatabase, type TestDatabase } from '../../support/databases.ts';
import { ACME, assertionSigner } from './gateway-keys.ts';
import { serve } from './demo.ts';
import { call, type Reply } from './http.ts';

export interface Backend {
  /** As a user of this company who may do everything in the module, or what is given; limited to units, or not. */
  as: (
    company: string,
    permissions?: string[],
    units?: string[] | null,
  ) => { send: (method: string, path: string, json?: unknown) => Promise<Reply> };
  acme: ReturnType<Backend['as']>;
  lines: Record<string, unknown>[];
  close: () => Promise<void>;
}

/** A real module over its own database, by default an embedded one, spoken to as the gateway would. */
export async function backend(
  definition: ModuleDefinition,
  host: Partial<ModuleHost> = {},
  given?: TestDatabase,
): Promise<Backend> {
  const { db, drop } = given ?? (await embeddedDatabase());
  await migrateModule(db, definition);
  const { key } = definition.manifest;
  const signer = await assertionSigner(key);
  const served = await serve(definition, { assertionKeys: signer.jwks, db, ...host });
  const all = permissionsOf(definition.manifest).map((permission) => permission.key);
  const as: Backend['as'] = (company, permissions = all, units = null) => ({
    send: async (method: string, path: string, json?: unknown) =>
      call(`${served.url}/api/${key}${path}`, {
        method,
        headers: { 'x-kisum-assertion': await signer.sign({ company, permissions, units }) },
        json,
      }),
  });
  const close = async (): Promise<void> => {
    await served.close();
    await drop();
  };
  return { as, acme: as(ACME), lines: served.lines, close };
}
