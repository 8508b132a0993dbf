import type { IncomingMessage } from 'node:http';

/** Every value of a header as it was sent: Node joins some doubles and drops others. */
export function sent(request: IncomingMessage, name: string): string[] {
  const { rawHeaders } = request;
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
