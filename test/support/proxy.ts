import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut, or made to swallow bytes, while the server itself stays well. */
export interface Proxy {
  url: string;
  /** Ends every connection and takes no new one. */
  cut(): void;
  /** Keeps connections open and holds back what the server says. */
  hold(): void;
  /** Passes everything on again, also what was held back. */
  heal(): void;
  close(): void;
}

/** `url` is that of the server behind; the proxy's own differs from it in host and port alone. */
export async function openProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket]>();
  let state: 'open' | 'cut' | 'held' = 'open';
  const server = createServer((client) => {
    if (state === 'cut') return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const side of pair) {
      side.on('error', () => {});
      side.on('close', () => {
        pairs.delete(pair);
        pair.forEach((it) => it.destroy());
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
    if (state === 'held') upstream.unpipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const destroyAll = () => pairs.forEach((pair) => pair.forEach((side) => side.destroy()));
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    cut: () => {
      state = 'cut';
      destroyAll();
    },
    hold: () => {
      state = 'held';
      pairs.forEach(([client, upstream]) => upstream.unpipe(client).pause());
    },
    heal: () => {
      state = 'open';
      pairs.forEach(([client, upstream]) => upstream.pipe(client));
    },
    close: () => {
      destroyAll();
      server.close();
    },
  };
}
