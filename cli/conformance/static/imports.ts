import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { ModuleSource, SourceFile } from './source.ts';

/** Where an import leads, seen from a module. */
export type Target =
  | 'own'
  | 'kit'
  | 'kit internals'
  | 'sibling'
  | 'elsewhere'
  | 'pure'
  | 'files'
  | 'code'
  | 'network'
  | 'server'
  | 'access'
  | 'machine'
  | 'package';

const BUILTINS: Partial<Record<Target, string[]>> = {
  pure: ['assert', 'buffer', 'crypto', 'events', 'path', 'querystring', 'stream', 'string_decoder'].concat([
    'timers',
    'url',
    'util',
    'zlib',
  ]),
  files: ['fs', 'sqlite'],
  code: ['child_process', 'cluster', 'module', 'repl', 'vm', 'wasi', 'worker_threads', 'inspector'],
  network: ['dgram', 'dns', 'http', 'http2', 'https', 'net', 'tls'],
};

const PACKAGES: Partial<Record<Target, RegExp>> = {
  server: /^(?:@?koa|@?express|@?fastify|@?hono|find-my-way|restify|polka|@nestjs|connect|router)(?:[/-]|$)/,
  access:
    /^(?:jsonwebtoken|jose|jwks-rsa|jwt-.*|.*-jwt|passport.*|casbin|@casl\/.*|accesscontrol|oso|argon2|bcrypt(?:js)?|@open-policy-agent\/.*)(?:\/|$)/,
  network: /^(?:undici|axios|got|node-fetch|ky|superagent|request|ws|socket\.io.*|@grpc\/.*)(?:\/|$)/,
};

/** @param specifier as the source writes it: nothing is resolved, so nothing has to be built or installed */
export function targetOf({ folder, key, others }: ModuleSource, file: SourceFile, specifier: string): Target {
  // A URL in disguise: `./%2e%2e/x` and `.\\..\\x` lead out of the folder as well.
  if (/[%\\]/.test(specifier)) return 'elsewhere';
  if (specifier.startsWith('.')) return targetOfPath(folder, resolved(folder, file, specifier));
  if (isBuiltin(specifier)) return targetOfBuiltin(specifier.replace(/^node:/, ''));
  const words = specifier.split(/[/.@#~:-]/);
  const named = others.map((other) => other.key).filter((other) => other !== key);
  if (named.some((other) => words.includes(other))) return 'sibling';
  if (/^(?:\/|file:|data:|#|@kisum\/|~)/.test(specifier)) return 'elsewhere';
  const [group] = Object.entries(PACKAGES).find(([, names]) => names.test(specifier)) ?? ['package'];
  return group as Target;
}

function resolved(folder: string, file: SourceFile, specifier: string): string {
  return posix.join(folder, posix.dirname(file.path), specifier);
}

function targetOfPath(folder: string, path: string): Target {
  if (path.startsWith(`${folder}/`)) return 'own';
  if (path === 'modules/kit/index.ts') return 'kit';
  if (path.startsWith('modules/kit/')) return 'kit internals';
  return /^(?:modules\/(?:base|addons)|systems)\/[^/]+/.test(path) ? 'sibling' : 'elsewhere';
}

function targetOfBuiltin(name: string): Target {
  const [first = ''] = name.split('/');
  const [group] = Object.entries(BUILTINS).find(([, names]) => names.includes(first)) ?? ['machine'];
  return group as Target;
}
