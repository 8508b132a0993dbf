import { get } from 'node:http';
import { createServer } from 'node:net';
import { missing, ok, type Check } from './check.ts';

interface Port {
  name: string;
  host: string;
  port: number;
  set: string;
}

/** Where `npm start` listens. What a running gateway has taken is in its right hands. */
export async function portChecks(): Promise<Check[]> {
  const { HOST, PORT, ADMIN_HOST, ADMIN_PORT, AUTH_URL } = process.env;
  const auth = new URL(AUTH_URL || 'http://127.0.0.1:3097');
  const ports: Port[] = [
    { name: 'gateway', host: HOST || '127.0.0.1', port: Number(PORT || 8080), set: 'PORT' },
    { name: 'admin', host: ADMIN_HOST || '127.0.0.1', port: Number(ADMIN_PORT || 9090), set: 'ADMIN_PORT' },
    { name: 'auth', host: auth.hostname, port: Number(auth.port || 80), set: 'AUTH_URL' },
  ];
  const running = Number(PORT || 8080) !== 0 && (await gatewayAnswers(ports[0]!));
  return Promise.all(ports.map((port) => check(port, running)));
}

async function check({ name, host, port, set }: Port, running: boolean): Promise<Check> {
  const what = `port ${port} (${name})`;
  if (await isFree(host, port)) return ok(what, 'free');
  if (running) return ok(what, 'taken, and the gateway answers');
  return missing(what, 'taken by something else', `stop what uses it, or set ${set}`);
}

function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

function gatewayAnswers({ host, port }: Port): Promise<boolean> {
  const path = '/.well-known/gateway-jwks.json';
  return new Promise((resolve) => {
    // Not fetch: where a server hangs up at once, it waits without end.
    const asked = get({ host, port, path, timeout: 2000, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy()).once('error', () => resolve(false));
  });
}
