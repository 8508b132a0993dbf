/** Checkpoints: a seal signed, as a compact JWS. Kept outside the file, they pin what the file was. */
import { verify } from 'node:crypto';
import { rawLines } from './lines.ts';
import type { Checkpoint } from './entry.ts';
import type { LogKeys, LogSigner } from './keys.ts';

/** A signed chain has a checkpoint at least this often. */
export const CHECKPOINT_BATCHES = 64;
export const CHECKPOINT_MS = 10_000;

const TYPE = 'kisum-checkpoint';

export function signCheckpoint(checkpoint: Checkpoint, signer: LogSigner): string {
  const head = encode({ alg: 'EdDSA', typ: TYPE, kid: signer.kid });
  const signed = `${head}.${encode(checkpoint)}`;
  return `${signed}.${signer.sign(signed)}`;
}

/** As a line of its own, in the log and outside. */
export const checkpointLine = (jws: string): string => `${JSON.stringify({ checkpoint: jws })}\n`;

export type CheckpointRead =
  | { state: 'valid' | 'unchecked'; checkpoint: Checkpoint }
  /** Not signed by any of the keys, or no checkpoint at all. */
  | { state: 'invalid' };

/** Without keys its signature is not looked at. */
export function readCheckpoint(jws: unknown, keys: LogKeys | undefined): CheckpointRead {
  const [head = '', payload = '', signature = '', ...more] = String(jws).split('.');
  const { alg, typ, kid } = decode(head);
  const checkpoint = decode(payload);
  if (alg !== 'EdDSA' || typ !== TYPE || more.length > 0 || !isCheckpoint(checkpoint))
    return { state: 'invalid' };
  if (!keys) return { state: 'unchecked', checkpoint };
  const key = keys.get(String(kid));
  const bytes = Buffer.from(signature, 'base64url');
  const sound = key !== undefined && bytes.toString('base64url') === signature;
  if (!sound || !verify(null, Buffer.from(`${head}.${payload}`), key, bytes)) return { state: 'invalid' };
  return { state: 'valid', checkpoint };
}

export interface HeldCheckpoint {
  jws: string;
  read: CheckpointRead;
  file: string;
  line: number;
}

/** The checkpoints in a file held elsewhere: one per line, or in the `checkpoint` field of any JSON line. */
export async function readCheckpoints(file: string, keys: LogKeys | undefined): Promise<HeldCheckpoint[]> {
  const held: HeldCheckpoint[] = [];
  for await (const lines of rawLines(file)) {
    for (const { bytes, number } of lines) {
      const { checkpoint } = parse(bytes.toString('utf8'));
      if (typeof checkpoint === 'string')
        held.push({ jws: checkpoint, read: readCheckpoint(checkpoint, keys), file, line: number });
    }
  }
  return held;
}

function isCheckpoint(value: unknown): value is Checkpoint {
  const { chain, seq, hash, time, accepted, written } = value as Partial<Checkpoint>;
  const texts = [chain, hash, time].every((it) => typeof it === 'string');
  return texts && [seq, accepted, written].every(Number.isSafeInteger);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string): Record<string, unknown> =>
  parse(Buffer.from(part, 'base64url').toString('utf8'));

/** What is no JSON object is an empty one. */
function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
