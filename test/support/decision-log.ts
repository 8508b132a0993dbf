import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import type { CatalogData, DecisionEvent } from '../../policies/contract.ts';
import { catalogLine, type CatalogLine } from '../../policies/decision-log/catalog.ts';
import {
  readLogKeys,
  readLogSigner,
  type LogKeys,
  type LogSigner,
} from '../../policies/decision-log/keys.ts';
import { checkpointsAt } from '../../gateway/decision-log/checkpoints.ts';
import { openFileSink, type FileSinkOptions, type Sink } from '../../gateway/decision-log/sink.ts';

export const silent = pino({ level: 'silent' });

export const CATALOG: CatalogData = {
  modules: { finance: { type: 'addon' }, venue: { type: 'base' } },
  packages: { venue: { modules: { venue: true } } },
  addons: { finance: { modules: { finance: true } } },
  permissions: { 'finance.expense.view': { module: 'finance' } },
  routes: {
    'finance.expense.list': {
      access: 'module',
      method: 'GET',
      module: 'finance',
      permission: 'finance.expense.view',
    },
  },
  entities: {},
  reads: {},
};

export const catalog: CatalogLine = catalogLine(CATALOG);

/** A decision as the gateway writes it, with its line end. */
export function eventText(id: string = randomUUID()): string {
  const event: DecisionEvent = {
    decision_id: id,
    timestamp: new Date().toISOString(),
    path: 'kisum/decision/decision',
    input: { route: 'finance.expense.list', authenticated: true, caller: null, access: null },
    result: { allow: false, reason: 'no_membership' },
    bundles: { kisum: { revision: 'abc' } },
    catalog: { digest: catalog.digest },
    labels: { id: 'test' },
    subject: { user_id: randomUUID() },
  };
  return `${JSON.stringify(event)}\n`;
}

export interface LogKeyPair {
  signer: LogSigner;
  keys: LogKeys;
  privatePem: string;
  publicPem: string;
}

export function logKey(): LogKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { signer: readLogSigner(privatePem), keys: readLogKeys(publicPem), privatePem, publicPem };
}

export const logFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'kisum-decisions-'));

/** A sink as a gateway process opens it; small batches, so that a few decisions make a chain. */
export function openLog(
  path: string,
  { outsideAt, ...options }: Partial<FileSinkOptions> & { outsideAt?: string } = {},
): Promise<Sink> {
  return openFileSink({
    path,
    maxBytes: 1_000_000,
    keep: 100,
    bufferBytes: 1_000_000,
    batchBytes: 1500,
    labels: { id: 'test' },
    signer: undefined,
    outside: outsideAt === undefined ? undefined : checkpointsAt(outsideAt, silent),
    log: silent,
    lookMs: 0,
    ...options,
  });
}

/** Offers so many decisions and has them written. */
export async function logDecisions({ delivery }: Sink, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) delivery.offer(eventText(), catalog);
  await delivery.flush();
}

/** Every file of a log, oldest first. */
export async function filesOf(path: string): Promise<string[]> {
  const folder = join(path, '..');
  const names = (await readdir(folder)).map((name) => join(folder, name));
  const rotated = names.filter((name) => /\.\d{6}$/.test(name) && name.startsWith(`${path}.`)).sort();
  return names.includes(path) ? [...rotated, path] : rotated;
}

export const textOf = (file: string): Promise<string> => readFile(file, 'utf8');
