/** One block of an event stream as it came: its fields, `data` joined; a comment has only `comment`. */
export interface ReceivedEvent {
  id?: string;
  event?: string;
  data?: string;
  comment?: string;
}

/** The blocks of an event stream, each as soon as it is whole. */
export async function* eventsOf(response: Response): AsyncGenerator<ReceivedEvent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) yield parsed(block);
  }
  if (text !== '') throw new Error(`the stream broke off inside an event: ${text}`);
}

function parsed(block: string): ReceivedEvent {
  const received: ReceivedEvent = {};
  for (const line of block.split(/\r\n|[\r\n]/)) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    const key = (name || 'comment') as keyof ReceivedEvent;
    received[key] = key in received ? `${received[key]}\n${value}` : value;
  }
  return received;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
