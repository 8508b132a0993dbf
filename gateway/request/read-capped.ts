/** A body read whole; `undefined` when it is larger than `maxBytes`, of which no more is kept. */
export async function bytesCapped(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same as text. */
export async function readCapped(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string | undefined> {
  return (await bytesCapped(body, maxBytes))?.toString('utf8');
}
