/** One event of a `text/event-stream`. */
export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** What no server of ours comes near; more is no event stream. */
const MOST_CHARS = 16_777_216;

/**
 * The events in the text, which comes in any pieces. Comments are left out, but `onPiece` is called for them too.
 * @throws when the stream breaks off, or what comes is no event stream
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onPiece: () => void,
): AsyncGenerator<ServerEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onPiece();
    const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = blocks.pop()!;
    if (text.length > MOST_CHARS) throw new Error('this is no event stream');
    for (const block of blocks) {
      const event = eventOf(block);
      if (event.data !== '') yield event;
    }
  }
}

function eventOf(block: string): ServerEvent {
  const event: ServerEvent = { id: '', event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ');
    const name = line.slice(0, at);
    if (name === 'id' || name === 'event' || name === 'data') event[name] = line.slice(at + 2);
  }
  return event;
}
