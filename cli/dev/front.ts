import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { json } from '../conformance/runtime/world/answers.ts';
import type { World } from '../conformance/runtime/world/world.ts';
import { CliError, EXIT } from '../errors.ts';
import { assertionFor, COMPANY, routeOf } from './assertion.ts';

/** The module as it runs now. */
export interface Life {
  manifest: Manifest;
  world: World;
  /** Service → where it answers. */
  urls: Record<string, string>;
}

export interface Front {
  url: string;
  close(): void;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What a gateway would not hand on, or sets itself. */
const NOT_HANDED_ON = ['host', 'connection', 'authorization', 'cookie', 'x-kisum-assertion'];

/**
 * Stands in for the gateway on loopback: takes requests without any token and adds the assertion, so that a plain curl
 * reaches the module. `x-org` says for which company; without it, Acme.
 * @param current undefined while the module does not run
 */
export async function openFront(port: number, current: () => Life | undefined): Promise<Front> {
  const server = createServer((request, response) => forward(request, response, current()));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: unknown) => {
    throw new CliError(EXIT.outside, `port ${port} is taken: choose another with --port`, cause);
  });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

function forward(request: IncomingMessage, response: ServerResponse, life: Life | undefined): void {
  // A web page that made its name mean this machine would otherwise speak as Ana.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
    return refuse(response, 403, 'forbidden', 'only for 127.0.0.1 and localhost');
  if (!life)
    return refuse(response, 503, 'service_unavailable', 'the module does not run: its terminal says why');

  const { method = 'GET', url = '/' } = request;
  const { manifest, world, urls } = life;
  const route = routeOf(manifest, method, url.replace(/\?.*$/, ''));
  const target = urls[route?.service ?? manifest.key] ?? Object.values(urls)[0]!;
  const asked = request.headers['x-org'];
  const company = typeof asked === 'string' && UUID.test(asked) ? asked.toLowerCase() : COMPANY;
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !NOT_HANDED_ON.includes(name)),
  );
  if (route && route.access !== 'public')
    headers['x-kisum-assertion'] = assertionFor(manifest, route, company, world);

  const outgoing = send(`${target}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => {
    if (!response.headersSent) refuse(response, 503, 'service_unavailable', 'the module did not answer');
    else response.destroy();
  });
  request.pipe(outgoing);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  json(response, status, { success: false, error: { code, message } });
}
