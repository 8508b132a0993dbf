import type { Knex } from 'knex';
import { pino } from 'pino';
import { createModuleApp } from '../../../modules/kit/app.ts';
import { defineModule, type ModuleDefinition } from '../../../modules/kit/define-module.ts';
import type { Handler } from '../../../modules/kit/handler.ts';
import type { ModuleHost } from '../../../modules/kit/host.ts';
import { listen, type Listening } from '../../../modules/kit/listen.ts';
import { parseManifest } from '../../../modules/manifest/read.ts';

export const DEMO_YAML = `apiVersion: kisum.dev/v1
kind: Module
metadata:
  uid: 01M834NVW89JS3E4BG1WYYDQE6
  key: demo
  title: Demo
  owner: team-demo
  purpose: Shows what the kit does.
spec:
  type: addon
  data:
    owns:
      - { entity: thing, plural: things, actions: [view, create] }
  routes:
    - { id: demo.self.get, method: GET, path: /api/demo/self, access: authenticated }
    - { id: demo.hello.get, method: GET, path: /api/demo/hello, access: public }
  mustNot: [be sold]
`;

export const DEMO = parseManifest(DEMO_YAML, 'demo.yaml');

/** A module whose handlers only tell what reached them. */
export function demoModule(given: Record<string, Handler> = {}): {
  definition: ModuleDefinition;
  handled: string[];
} {
  const handled: string[] = [];
  const tells = (name: string): Handler => ({
    handle(request) {
      handled.push(name);
      return { data: { user: request.userId, company: request.company } };
    },
  });
  const handlers = {
    'thing.list': tells('list'),
    'thing.get': tells('get'),
    'thing.create': { ...tells('create'), body: { type: 'object', required: ['name'] } },
    'self.get': { handle: ({ userId }: { userId: string }) => ({ data: { user: userId } }) },
    'hello.get': { handle: () => ({ data: 'hello' }) },
    ...given,
  };
  return { definition: defineModule(DEMO, { handlers }), handled };
}

export interface Served extends Listening {
  /** The log lines written so far. */
  lines: Record<string, unknown>[];
  /** The same as text, for what must not stand in it. */
  text(): string;
}

/** The module behind a real socket, its log in hand. */
export async function serve(
  definition: ModuleDefinition,
  host: Omit<ModuleHost, 'logger' | 'db'> & { db?: Knex },
): Promise<Served> {
  const written: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    {},
    { write: (line: string) => void (written.push(line), lines.push(JSON.parse(line))) },
  );
  // A module that keeps no data never touches its database.
  const db = host.db ?? (undefined as never);
  const listening = await listen(createModuleApp(definition, { ...host, db, logger }));
  return { ...listening, lines, text: () => written.join('') };
}
