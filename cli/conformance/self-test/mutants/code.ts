import { changed, imported, written } from './edits.ts';
import { mutant, type Mutant } from '../mutant.ts';

/** Access, boundaries, logs and secrets. */
export const CODE: Mutant[] = [
  written('trusts a claim', 'A01', 'export const may = (identity: Identity) => identity.claims.permissions;'),
  written(
    'reads the role by destructuring',
    'A01',
    'export const may = ({ access: { role } }: State) => role;',
  ),
  written('compares a role', 'A02', "export const may = (user: User) => user.role === 'ADMIN';"),
  written(
    'looks a role up in a list',
    'A02',
    "export const may = (user: User) => ['owner', 'admin'].includes(user.kind);",
  ),
  imported('verifies tokens itself', 'A03', "import { jwtVerify } from 'jose';"),
  written('decodes the token', 'A04', "export const payload = (token: string) => token.split('.')[1];"),
  written(
    'decodes the token by a helper',
    'A04',
    'export const payload = (token: string) => jwtDecode(token);',
  ),
  written(
    'reads the authorization header',
    'A04',
    "export const who = (request: Request) => request.headers['authorization'];",
  ),
  written(
    'asks for memberships itself',
    'A05',
    "export const member = (tx: Tx) => tx('auth.memberships').first();",
  ),
  written(
    'keeps rows for the next tenant',
    'A06',
    'const cache = new Map();\nexport const keep = (row: Row) => cache.set(row.id, row);',
  ),
  written(
    'remembers the last answer',
    'A06',
    'let last: Row;\nexport const keep = (row: Row) => (last = row);',
  ),
  written('keeps rows in a static member', 'A06', 'export class Kept { static rows: Row[] = []; }'),
  written(
    'opens when the owner cannot be asked',
    'A07',
    "export const exists = async (request: ModuleRequest, id: string) => {\n  try {\n    return await request.base.get('stage.show', id);\n  } catch {\n    return {};\n  }\n};",
  ),
  written(
    'opens on a promise that fails',
    'A07',
    "export const exists = (request: ModuleRequest, id: string) => request.base.get('stage.show', id).catch(() => ({}));",
  ),

  written(
    'opens by the other way out of a promise',
    'A07',
    "export const exists = (request: ModuleRequest) => request.base.get('stage.show', '1').then(Boolean, () => true);",
  ),

  imported(
    'imports what is outside',
    'B01',
    "import { openDatabase } from '../../../platform/database/database.ts';",
  ),
  imported(
    'leaves its folder in disguise',
    'B01',
    "import { shows } from './%2e%2e/%2e%2e/base/stage/show.ts';",
  ),
  imported('hides code among its tests', 'B01', "import './reference.test.ts';"),
  imported('imports a package', 'B01', "import ms from 'ms';"),
  imported('imports a sibling', 'B02', "import { shows } from '../../base/stage/show.ts';"),
  imported('imports the type of a sibling', 'B02', "import type { Show } from '../../base/stage/show.ts';"),
  imported('imports a sibling as a package', 'B02', "import { shows } from '@kisum/stage';"),
  written('hands a sibling on', 'B02', "export * from '../../base/stage/show.ts';"),
  written('imports a sibling late', 'B02', "export const shows = () => import('../../base/stage/show.ts');"),
  written(
    'imports what it computes',
    'B03',
    'export const shows = (name: string) => import(`../../base/${name}/index.ts`);',
  ),
  written('evaluates', 'B03', 'export const run = (text: string) => eval(text);'),
  written('compiles a function', 'B03', "export const run = (text: string) => new Function('row', text);"),
  imported('makes itself a require', 'B03', "import { createRequire } from 'node:module';"),
  imported('starts a process', 'B03', "import { execFile } from 'node:child_process';"),
  written('fetches', 'B04', 'export const load = (url: string) => fetch(url);'),
  written(
    'fetches by way of the global object',
    'B03',
    "export const load = (url: string) => globalThis['fetch'](url);",
  ),
  imported('opens a connection', 'B04', "import { request } from 'node:https';"),
  imported('brings an HTTP client', 'B04', "import { request } from 'undici';"),
  written('reads the environment', 'B05', "export const url = process.env['DATABASE_URL'];"),
  written('ends the process', 'B05', 'export const stop = () => process.exit(1);'),
  written('names an address of another module', 'B06', "export const shows = '/api/stage/shows';"),
  written('names a host nobody declared', 'B06', "export const rates = 'https://rates.example.com/v1';"),
  imported('reads files', 'B07', "import { readFile } from 'node:fs/promises';"),

  written('writes to the console', 'L01', "export const seen = (id: string) => console.log('seen', id);"),
  written('writes to stdout', 'L01', 'export const seen = (id: string) => process.stdout.write(id);'),
  written('logs a token', 'L02', 'export const seen = (log: Logger, token: string) => log.info({ token });'),
  written(
    'logs a header by template',
    'L02',
    'export const seen = (logger: Logger, h: H) => logger.warn(`got ${h.authorization}`);',
  ),

  written('holds a private key', 'S01', "export const key = '-----BEGIN PRIVATE KEY-----';"),
  changed(
    'holds an AWS key in its documents',
    'S01',
    'MODULE.md',
    '# Reference',
    '# Reference AKIAIOSFODNN7EXAMPLE',
  ),
  written('holds an API key', 'S02', "export const apiKey = 'q8Zr2LxW0pTn5vYb7KdM';"),
  mutant('brings packages', 'S03', {
    file: 'package.json',
    create: '{ "dependencies": { "left-pad": "*" } }',
  }),
];
