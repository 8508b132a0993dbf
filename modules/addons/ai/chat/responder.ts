import type { Knowledge, Passage } from '../knowledge.ts';

export interface Message {
  from: 'user' | 'assistant';
  text: string;
}

export interface Reply {
  /** What it speaks of. */
  sources: Passage[];
  /** Piece by piece; together they are the text. */
  pieces: Iterable<string> | AsyncIterable<string>;
}

/**
 * Where a model stands. It is told the conversation, which is data and gives no rights, and gets what the user may see
 * and nothing else. What it needs to know it asks before it answers: what fails until then is an ordinary error.
 */
export interface Responder {
  /** @param signal aborts when nobody waits for the answer any more */
  answer: (messages: Message[], knowledge: Knowledge, signal: AbortSignal) => Promise<Reply>;
}
