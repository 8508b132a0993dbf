import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CORE, has, pinned } from './machine.ts';

/** What every module answers: 1 KB of JSON. */
const BODY = JSON.stringify({ success: true, data: 'x'.repeat(1024 - '{"success":true,"data":""}'.length) });

export interface Backend {
  kind: 'nginx' | 'node';
  url: string;
  stop(): void;
}

/** A backend that costs as little as can be had here, on the generator's core. */
export async function startBackend(): Promise<Backend> {
  const kind = has('nginx') ? 'nginx' : 'node';
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'kisum-bench-'));
  const file = join(folder, kind === 'nginx' ? 'nginx.conf' : 'backend.mjs');
  writeFileSync(file, kind === 'nginx' ? nginx(folder, port) : node(port));
  const command =
    kind === 'nginx' ? ['nginx', '-p', folder, '-e', 'stderr', '-c', file] : [process.execPath, file];
  const running = spawn(...pinned(CORE.load, command), { stdio: ['ignore', 'ignore', 'inherit'] });
  await listening(port);
  running.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const stop = () => void running.kill();
  return { kind, url: `http://127.0.0.1:${port}`, stop };
}

const nginx = (folder: string, port: number) => `
daemon off;
worker_processes 1;
pid ${folder}/pid;
events { worker_connections 2048; }
http {
  access_log off;
  default_type application/json;
  keepalive_requests 100000000;
  keepalive_timeout 600s;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server { listen 127.0.0.1:${port}; location / { return 200 '${BODY}'; } }
}`;

const node = (port: number) => `
import { createServer } from 'node:http';
const head = { 'content-type': 'application/json', 'content-length': ${BODY.length} };
const server = createServer((req, res) => res.writeHead(200, head).end('${BODY}'));
server.keepAliveTimeout = 600_000;
server.listen(${port}, '127.0.0.1');`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the backend of the measurement does not start: see its error above');
}
