import { readLogSigner, type LogSigner } from '../../policies/decision-log/keys.ts';
import { listed } from '../request/listed.ts';

/** @throws Error that repeats nothing: a URL may hold a secret */
export function readSinks(text: string): string[] {
  const sinks = listed(text);
  if (!sinks.every(isSink) || (sinks.length === 0 && text !== ''))
    throw new Error('paths that begin with / or ./, or http(s) URLs without a password, separated by commas');
  if (new Set(sinks).size !== sinks.length) throw new Error('places that differ: one is named twice');
  return sinks;
}

export const isUrl = (sink: string): boolean => /^https?:/.test(sink);

function isSink(sink: string): boolean {
  if (!isUrl(sink)) return /^\.{0,2}\/./.test(sink);
  return URL.canParse(sink) && new URL(sink).username === '' && new URL(sink).password === '';
}

/** @throws Error that never shows the key */
export function readSigner(text: string): LogSigner {
  try {
    return readLogSigner(text);
  } catch (error) {
    throw new Error(`a private Ed25519 key: ${(error as Error).message}`, { cause: error });
  }
}

/** What of the decision log's keys does not go together. */
export function decisionLogFaults(env: Record<string, string | undefined>): string[] {
  const { REQUEST_LOG, DECISION_LOG, DECISION_LOG_KEY, DECISION_LOG_CHECKPOINTS } = env;
  const faults: string[] = [];
  if (REQUEST_LOG === 'off' && !DECISION_LOG)
    faults.push('REQUEST_LOG must be on where DECISION_LOG is not set: nothing would be logged');
  if (DECISION_LOG_CHECKPOINTS && !DECISION_LOG_KEY)
    faults.push('DECISION_LOG_KEY is missing: DECISION_LOG_CHECKPOINTS needs a key that signs');
  return faults;
}
