import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totalOf } from '../policies/decision-log/account.ts';
import { verifyLogs } from '../policies/decision-log/verify.ts';
import type { Contestant } from './duel.ts';
import { sideBySide, type Cost, type Trial } from './side-by-side.ts';

/** The request line alone: what the others are held against. */
const YARDSTICK: Contestant = { name: 'the request line alone', file: 'gateway.js' };
/** Least throughput of the decision log beside the request line, against the yardstick. */
const LEAST = 0.95;

/** The gateway with its decision log on a real file, signed, against the gateway without one, at the same time. */
export async function costOfDecisionLog(trial: Trial): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'kisum-bench-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const logging = {
    DECISION_LOG_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    DECISION_LOG_KEEP: '30',
  };
  const withLog = (name: string, file: string, env: Record<string, string> = {}): Contestant => ({
    name,
    file: 'gateway.js',
    env: { ...logging, DECISION_LOG: join(folder, file), ...env },
  });
  const beside = withLog('the decision log beside it', 'beside');
  const instead = withLog('the decision log instead of it', 'instead', { REQUEST_LOG: 'off' });
  try {
    const { text, throughput } = await sideBySide(YARDSTICK, [beside, instead], trial);
    const ratio = throughput[beside.name]!;
    const slow =
      ratio >= LEAST ? [] : [`${beside.name}: ${ratio.toFixed(3)} of the throughput, not ${LEAST}`];
    return { text, faults: [...slow, ...(await whatIsMissing(folder))] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A log that drops what it should write is quick: every decision must be there, and sealed. */
async function whatIsMissing(folder: string): Promise<string[]> {
  const { chains, findings } = await verifyLogs(readdirSync(folder).map((name) => join(folder, name)));
  const silent = chains.filter(({ events }) => events === 0).length + Number(chains.length === 0);
  const dropped = chains.reduce((sum, chain) => sum + totalOf(chain.dropped), 0);
  return [
    ...(silent > 0 ? [`${silent} gateways logged nothing`] : []),
    ...(dropped > 0 ? [`${dropped} decisions were not logged`] : []),
    ...findings.map(({ message }) => `the log is not whole: ${message}`),
  ];
}
