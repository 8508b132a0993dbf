import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './duel.ts';
import { sideBySide, type Cost, type Trial } from './side-by-side.ts';

/** The request line alone: what the others are held against. */
const YARDSTICK: Contestant = { name: 'the request line alone', file: 'gateway.js' };
/** Least throughput of the decision log beside the request line, and of the same code again, against the yardstick. */
const LEAST = 0.95;

/** The gateway with its decision log on a real file, signed, against the gateway without one, at the same time. */
export async function costOfDecisionLog(trial: Trial): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'kisum-bench-'));
  const { privateKey } = generateKeyPairSync('ed25519');
  const logging = {
    DECISION_LOG_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    DECISION_LOG_KEEP: '2',
  };
  const withLog = (name: string, file: string, env: Record<string, string> = {}): Contestant => ({
    name,
    file: 'gateway.js',
    env: { ...logging, DECISION_LOG: join(folder, file), ...env },
  });
  const beside = withLog('the decision log beside it', 'beside');
  const instead = withLog('the decision log instead of it', 'instead', { REQUEST_LOG: 'off' });
  const { text, throughput } = await sideBySide(YARDSTICK, [beside, instead], trial).finally(() =>
    rmSync(folder, { recursive: true }),
  );
  const ratio = throughput[beside.name]!;
  return {
    text,
    faults: ratio >= LEAST ? [] : [`${beside.name}: ${ratio.toFixed(3)} of the throughput, not ${LEAST}`],
  };
}
