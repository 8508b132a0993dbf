/** What may be asked at all: the engine's own limits, met before it is called. */
import { PolicyFailure } from './failure.ts';

const encoder = new TextEncoder();

/** Text shorter than this cannot nest deeply enough to hurt the engine. */
const HARMLESS_LENGTH = 2048;
const MAX_DEPTH = 32;

/** A surrogate without its pair, as `JSON.stringify` writes it: an escape not itself escaped. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** The question as UTF-8 JSON. Throws `PolicyFailure` when it is no object, too large, too deep, or not Unicode. */
export function encodeQuestion(input: object, maxBytes: number): ArrayBuffer {
  const text = stringify(input);
  if (!text.startsWith('{')) throw refusal('it is not an object');
  const bytes = encoder.encode(text);
  if (bytes.byteLength > maxBytes) throw refusal(`it has ${bytes.byteLength} bytes of ${maxBytes} allowed`);
  if (text.includes('\\ud') && LONE_SURROGATE.test(text)) throw refusal('it holds half a surrogate pair');
  if (text.length > HARMLESS_LENGTH && depthOf(text) > MAX_DEPTH) throw refusal('it nests too deeply');
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}

function stringify(input: object): string {
  try {
    return String(JSON.stringify(input));
  } catch (cause) {
    throw refusal('it cannot be written as JSON', cause);
  }
}

/** Brackets inside strings count too: rare, harmless, and never fewer than there are. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

function refusal(why: string, cause?: unknown): PolicyFailure {
  return new PolicyFailure('input', `the question was not put to the policy: ${why}`, cause);
}
