import type { ModuleDefinition } from '../../../modules/kit/define-module.ts';
import { migrateModule } from '../../../modules/kit/migrate.ts';
import { permissionsOf } from '../../../modules/manifest/derive.ts';
import { embeddedDatabase } from '../../support/databases.ts';
import { serve } from './demo.ts';
import { ACME, assertionSigner } from './gateway-keys.ts';
import { call, type Reply, type SentHeaders } from './http.ts';

export interface Sent {
  company?: string;
  /** By default all that the module gives. */
  permissions?: string[];
  headers?: SentHeaders;
  json?: unknown;
}

/** Several services of one module over its one schema, each behind its own socket, spoken to as the gateway would. */
export interface Services {
  /** `POST /rag/search` under the module's own prefix goes to the service that declares it. */
  send: (method: string, path: string, sent?: Sent) => Promise<Reply>;
  /** The same, its body left unread. */
  open: (method: string, path: string, sent?: Sent) => Promise<Response>;
  close: () => Promise<void>;
}

/** @param definitions the main one first */
export async function services(definitions: ModuleDefinition[]): Promise<Services> {
  const { manifest } = definitions[0]!;
  const { db, drop } = await embeddedDatabase();
  await migrateModule(db, definitions[0]!);
  const signer = await assertionSigner(manifest.key);
  const served = await Promise.all(definitions.map((it) => serve(it, { assertionKeys: signer.jwks, db })));
  const all = permissionsOf(manifest).map(({ key }) => key);

  const urlOf = (method: string, path: string): string => {
    const full = `/api/${manifest.key}${path}`;
    const [plain = ''] = full.split('?');
    const index = definitions.findIndex(({ routes }) =>
      routes.some(({ route }) => route.method === method && fits(route.path, plain)),
    );
    if (index < 0) throw new Error(`no service has ${method} ${full}`);
    return served[index]!.url + full;
  };
  const headersOf = async ({
    company = ACME,
    permissions = all,
    headers = {},
  }: Sent): Promise<SentHeaders> => ({
    'x-kisum-assertion': await signer.sign({ company, permissions }),
    ...headers,
  });
  return {
    send: async (method, path, sent = {}) =>
      call(urlOf(method, path), { method, headers: await headersOf(sent), json: sent.json }),
    open: async (method, path, sent = {}) =>
      fetch(urlOf(method, path), {
        method,
        headers: {
          'content-type': 'application/json',
          ...((await headersOf(sent)) as Record<string, string>),
        },
        body: JSON.stringify(sent.json),
      }),
    close: async () => {
      await Promise.all(served.map((it) => it.close(0)));
      await drop();
    },
  };
}

function fits(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path);
}
