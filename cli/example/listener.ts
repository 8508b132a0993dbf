import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEMO_COMPANIES, DEMO_USERS } from '../../platform/demo.ts';
import { CliError, EXIT } from '../errors.ts';
import { pageFile } from './files.ts';

/** Where the page is, unless EXAMPLE_PORT says otherwise. */
const PORT = 8088;
const LOOPBACK = '127.0.0.1';
const MAX_BODY_BYTES = 1024;

/** What the page shows, once it is there. */
export interface Shown {
  gatewayUrl: string;
  /** A token of a demo user, by id. */
  token: (user: string) => Promise<string>;
  /** Key → what people call it. */
  titles: () => Record<string, string>;
}

/** The listener of the example page: for this machine alone, and only while `npm start` runs. */
export interface Example {
  url: string;
  /** Web origins that the page has, for the gateway to let in. */
  origins: string[];
  show(shown: Shown): void;
  close(): void;
}

/**
 * Takes its port before anything else starts, because the gateway has to know the page's origin.
 * @param wanted EXAMPLE_PORT; without it another port does where the usual one is taken
 */
export async function openExample(wanted: string | undefined): Promise<Example> {
  let shown: Shown | undefined;
  const server = createServer((request, response) => {
    answer(request, response, { port, shown }).catch(() => refuse(response, 503, 'it could not be had'));
  });
  await listen(server, wanted);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LOOPBACK}:${port}`,
    origins: hostsOf(port).map((host) => `http://${host}`),
    show: (it) => void (shown = it),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, wanted: string | undefined): Promise<void> {
  const ports = wanted ? [Number(wanted)] : [PORT, 0];
  for (const port of ports) {
    try {
      server.listen(port, LOOPBACK);
      await once(server, 'listening');
      return;
    } catch (cause) {
      const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || port === ports.at(-1))
        throw new CliError(
          EXIT.outside,
          `port ${port} is taken: stop what uses it, or set EXAMPLE_PORT to another`,
          cause,
        );
    }
  }
}

const hostsOf = (port: number): string[] => [`${LOOPBACK}:${port}`, `localhost:${port}`];

interface Answering {
  port: number;
  shown: Shown | undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { port, shown }: Answering,
): Promise<void> {
  const { method, url = '/', headers } = request;
  // A foreign name that was made to mean this machine would otherwise speak as this page.
  if (!hostsOf(port).includes(headers.host ?? '')) return refuse(response, 403, 'only for this machine');
  if (!shown) return refuse(response, 503, 'npm start is not ready yet');
  const path = url.replace(/\?.*$/, '');
  if (method === 'POST' && path === '/token') return giveToken(request, response, shown);
  if (method !== 'GET') return refuse(response, 404, 'there is no such page');
  if (path === '/demo.json') return send(response, 'application/json', JSON.stringify(demoOf(shown)));
  const file = await pageFile(path);
  if (!file) return refuse(response, 404, 'there is no such page');
  response.setHeader('content-security-policy', policyFor(shown));
  send(response, file.type, file.content);
}

/** Only its own scripts and styles; of other places, the gateway alone is spoken to. */
function policyFor({ gatewayUrl }: Shown): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self'`,
    `connect-src 'self' ${gatewayUrl}`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

function demoOf({ gatewayUrl, titles }: Shown): object {
  return { gateway: gatewayUrl, people: DEMO_USERS, companies: DEMO_COMPANIES, titles: titles() };
}

/** For the page alone, as its origin proves, and for nobody but the demo's people. */
async function giveToken(request: IncomingMessage, response: ServerResponse, shown: Shown): Promise<void> {
  const { host, origin, 'content-type': type } = request.headers;
  if (origin !== `http://${host}`) return refuse(response, 403, 'only for the page itself');
  if (type !== 'application/json') return refuse(response, 415, 'send application/json: {"user": "…"}');
  const user = userIn(await bodyOf(request));
  if (!DEMO_USERS.some(({ id }) => id === user)) return refuse(response, 404, 'no such demo user');
  send(response, 'application/json', JSON.stringify({ token: await shown.token(user) }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (text.length > MAX_BODY_BYTES) break;
  }
  return text;
}

function userIn(body: string): string {
  try {
    return String((JSON.parse(body) as { user?: unknown }).user);
  } catch {
    return '';
  }
}

function send(response: ServerResponse, type: string, content: string): void {
  response.writeHead(200, headersOf(type)).end(content);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, headersOf('text/plain')).end(`${message}\n`);
}

const headersOf = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
});
