import type { Duplex } from 'node:stream';

/** How long a client may take to read the last bytes and close. */
const LINGER_MS = 1000;

/** Ends the connection, and lets go of it also when the client keeps its own half open. */
export function hangUp(socket: Duplex, lastBytes: string | Uint8Array = ''): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on('close', () => clearTimeout(timer));
  socket.end(lastBytes);
}
