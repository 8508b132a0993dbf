import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Every status in what came back, in order: more than one where a server answered more than one request. */
export const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

/** One connection a test writes exact bytes on, step by step. */
export interface Wire {
  socket: Socket;
  /** Everything that came back so far. */
  text: () => string;
  /** Resolves when what came back matches; rejects when the server closes before. */
  until: (pattern: RegExp) => Promise<string>;
  /** Resolves with everything when the connection is over, however it ended. */
  closed: Promise<string>;
  /** Why it ended, when not by a plain close. */
  failure: () => NodeJS.ErrnoException | undefined;
}

export async function openWire(url: string, options: { allowHalfOpen?: boolean } = {}): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, ...options });
  let received = '';
  let failure: NodeJS.ErrnoException | undefined;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => (received += chunk));
  socket.on('error', (error) => (failure = error));
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)));
  await once(socket, 'connect');

  const until = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (pattern.test(received)) resolve(received);
      };
      look();
      socket.on('data', look);
      void closed.then(() => reject(new Error(`closed before ${pattern}: ${received}`)));
    });
  return { socket, text: () => received, until, closed, failure: () => failure };
}

/** A backend that speaks bytes instead of HTTP: `answer` gets each request head as it comes. */
export interface ByteServer {
  url: string;
  /** Request heads, in order of arrival. */
  heads: string[];
  connections: () => number;
  close: () => void;
}

export async function serveBytes(answer: (socket: Socket, head: string) => void): Promise<ByteServer> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let pending = '';
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: string) => {
      pending += chunk;
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = pending.slice(0, end);
      pending = '';
      heads.push(head);
      answer(socket, head);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    connections: () => connections,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
