import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { Load } from './load.ts';

/** A small closed-loop generator for machines without wrk; prints what it counted. It costs more than what it loads. */
const { url, headers, seconds, varied, connections } = JSON.parse(process.argv[2]!) as Load & {
  connections: number;
};
const { origin, pathname, search } = new URL(url);
const pool = new Pool(origin, { connections });
const until = performance.now() + seconds * 1000;
let requests = 0;
let refused = 0;

async function client(): Promise<void> {
  while (performance.now() < until) {
    const id = varied ? randomUUID() : undefined;
    const path = pathname + (id ? `?cursor=${id}` : search);
    const response = await pool.request({
      method: 'GET',
      path,
      headers: id ? { ...headers, 'x-request-id': id } : headers,
    });
    await response.body.dump();
    if (response.statusCode < 300) requests += 1;
    else refused += 1;
  }
}

await Promise.all(Array.from({ length: connections }, client));
await pool.close();
process.stdout.write(JSON.stringify({ requests, failed: refused ? `${refused} refused` : '' }));
