import { createServer, ServerResponse, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { envelope, invalid, Refusal } from './errors.ts';
import type { Door } from './pipeline.ts';
import { Exchange } from './request/exchange.ts';
import { hangUp } from './request/hang-up.ts';
import { takeNoMore, takesNoMore } from './request/last-request.ts';

const LIMITS = {
  maxHeaderSize: 32 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1000,
};
/** The answer a socket is busy with; Node keeps it there. */
interface Answering {
  _httpMessage?: ServerResponse | null;
}

/**
 * Node's strict parser, with limits on everything, and the error contract even where no request was understood.
 * @param limits over the defaults; times in milliseconds, sizes in bytes
 */
export function createGatewayServer(
  listener: RequestListener,
  websocket: Door,
  limits: Partial<typeof LIMITS> = {},
): Server {
  const server = createServer(
    {
      ...LIMITS,
      ...limits,
      insecureHTTPParser: false,
      // Counted with the other headers, so that its absence is answered in the envelope.
      requireHostHeader: false,
    },
    (req, res) => {
      if (!takesNoMore(req.socket)) listener(req, res);
    },
  );
  // Node would drop header lines past its count silently; size bounds them, and the gateway counts them itself.
  server.maxHeadersCount = 0;
  // Every request pipelined on a connection waits for its end.
  server.on('connection', (socket) => socket.setMaxListeners(0));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(socket, refusalOf(error)));
  server.on('connect', (_, socket: Duplex) => refuse(socket, invalid('CONNECT is not supported')));
  server.on('checkExpectation', (req, res: ServerResponse) => {
    if (!takesNoMore(req.socket)) answerExpectation(res);
    takeNoMore(req.socket);
  });
  server.on('upgrade', (req, socket: Socket & Answering, early: Buffer) => {
    if (takesNoMore(socket)) return;
    socket.on('error', () => socket.destroy());
    // No honest client upgrades a connection before its last answer came, and there is only one place to answer.
    if (socket._httpMessage) return void socket.destroy();
    if (early.length > 0) socket.unshift(early);
    const res = new ServerResponse(req);
    res.shouldKeepAlive = false;
    res.assignSocket(socket);
    res.on('finish', () => hangUp(socket));
    void websocket(new Exchange(req, res));
  });
  return server;
}

function refusalOf({ code }: NodeJS.ErrnoException): Refusal | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Refusal('request_timeout', 'the request came too slowly');
  if (code === 'HPE_HEADER_OVERFLOW') return new Refusal('headers_too_large', 'the headers are too large');
  if (code?.startsWith('HPE_')) return invalid('the request is malformed');
  return undefined;
}

/** Writes on the bare socket: there is no response object. Nothing is written into an answer already begun. */
function refuse(socket: Duplex & Answering, refusal: Refusal | undefined): void {
  // Refused already: what still arrives is no second error.
  if (socket.writableEnded) return;
  if (!refusal || !socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  hangUp(socket, rawAnswer(refusal));
}

function rawAnswer(refusal: Refusal): string {
  const requestId = randomUUID();
  const body = envelope(refusal, { requestId });
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function answerExpectation(res: ServerResponse): void {
  const requestId = randomUUID();
  const refusal = new Refusal('expectation_failed', 'only Expect: 100-continue is supported');
  const body = envelope(refusal, { requestId });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  };
  res.writeHead(refusal.status, headers).end(body);
}
