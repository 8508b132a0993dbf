import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { refused } from './refused.ts';
import { openStage, COMPANY, type Stage, type StageOptions, type USER } from './stage.ts';
import { until } from './until.ts';

/** What may be under way for long. */
export type StreamKind = 'websocket' | 'events' | 'download' | 'pending';
export const STREAM_KINDS: StreamKind[] = ['websocket', 'events', 'download', 'pending'];

/** One stream as its client has it. */
export interface Stream {
  /** `1008 forbidden: permission_missing`, `403 permission_missing`, `broken`, `whole`: resolves when it is over. */
  ended: Promise<string>;
  /** Whether something still comes through. */
  flows: () => Promise<boolean>;
  /** Resolves when the module's end of it is gone, however it ended. */
  moduleGone: Promise<unknown>;
  /** For a pending one: answers. */
  answer: ServerResponse | undefined;
  leave: () => void;
}

export type Who = {
  user?: keyof typeof USER;
  company?: keyof typeof COMPANY;
  path?: string;
  method?: string;
  authorization?: string;
};

/** A stage whose modules answer for as long as a test wants. */
export interface StreamStage extends Stage {
  open: (kind: StreamKind, who?: Who) => Promise<Stream>;
  /** Streams that modules hold open now. */
  held: Set<IncomingMessage>;
  metrics: () => Promise<string>;
}

const BULK = Buffer.alloc(8_000_000);
const HEADS = {
  events: { 'content-type': 'text/event-stream' },
  download: { 'content-type': 'application/octet-stream', 'content-length': '1000000000' },
};

export async function openStreamStage(options: StageOptions = {}): Promise<StreamStage> {
  const held = new Set<IncomingMessage>();
  /** What a module holds, by the number its client gave it. */
  const ends = new Map<string, { answer?: ServerResponse; send: () => void; gone: Promise<unknown> }>();
  let numbers = 0;

  const hold = (req: IncomingMessage, socket: Socket, send: () => void, answer?: ServerResponse) => {
    const query = new URL(req.url!, 'http://module').searchParams;
    held.add(req);
    socket.on('error', () => {});
    // However it ends: `once` of Node would reject where it ends in a reset.
    const gone = new Promise((resolve) => (answer ?? socket).once('close', resolve)).then(() =>
      held.delete(req),
    );
    ends.set(query.get('n')!, { ...(answer && { answer }), send, gone });
    return query.get('kind') as StreamKind;
  };
  const backend: RequestListener = (req, res) => {
    req.resume();
    const kind = hold(req, req.socket, () => res.write(`data: x\n\n`), res);
    if (kind === 'events' || kind === 'download') res.writeHead(200, HEADS[kind]).write('data: x\n\n');
    // More than all the buffers on the way hold, for a client that does not read.
    if (kind === 'download') res.write(BULK);
  };
  const stage = await openStage({ backend, ...options });
  const sockets = new WebSocketServer({ noServer: true });
  stage.backend.server.on('upgrade', (req, socket: Socket, head) => {
    sockets.handleUpgrade(req, socket, head, (ws) => hold(req, socket, () => ws.send('x')));
  });

  async function open(kind: StreamKind, who: Who = {}): Promise<Stream> {
    const { user = 'ben', company = 'acme', path = '/api/finance/expenses', method = 'GET' } = who;
    const n = String((numbers += 1));
    const url = `${stage.gateway.url}${path}?kind=${kind}&n=${n}`;
    const authorization = who.authorization ?? `Bearer ${await stage.token(user)}`;
    const headers = { authorization, 'x-org': COMPANY[company] };
    const client =
      kind === 'websocket' ? overSocket(url, headers) : overHttp(url, method, headers, kind === 'pending');
    // A refused one never comes to its module.
    await Promise.race([until(() => ends.has(n)), client.ended]);
    await client.begun;
    const end = ends.get(n);
    return {
      ended: client.ended,
      leave: client.leave,
      answer: end?.answer,
      moduleGone: end?.gone ?? Promise.resolve(),
      flows: async () => {
        const before = client.received();
        end?.send();
        return Promise.race([
          until(() => client.received() > before).then(() => true),
          client.ended.then(() => false),
        ]);
      },
    };
  }

  return {
    ...stage,
    open,
    held,
    metrics: async () => (await fetch(`${stage.gateway.adminUrl}/metrics`)).text(),
  };
}

interface Client {
  ended: Promise<string>;
  begun: Promise<unknown>;
  received: () => number;
  leave: () => void;
}

function overSocket(url: string, headers: Record<string, string>): Client {
  const ws = new WebSocket(url.replace('http', 'ws'), { headers });
  let received = 0;
  ws.on('message', () => (received += 1));
  ws.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    ws.on('close', (code: number, reason: Buffer) => resolve(`${code} ${reason.toString()}`.trim()));
    ws.on('unexpected-response', (_, answer: IncomingMessage) => {
      resolve(String(answer.statusCode));
      answer.destroy();
    });
  });
  const opened = new Promise((resolve) => ws.on('open', resolve));
  return {
    ended,
    begun: Promise.race([opened, ended]),
    received: () => received,
    leave: () => ws.terminate(),
  };
}

function overHttp(url: string, method: string, headers: Record<string, string>, isPending: boolean): Client {
  const abort = new AbortController();
  let received = 0;
  const read = async () => {
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        signal: abort.signal,
        ...(method === 'POST' && { body: '{}' }),
      });
      if (!response.ok) {
        const { status, code, reasons } = await refused(response);
        return `${status} ${reasons?.[0] ?? code}`;
      }
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) received += chunk.length;
      return 'whole';
    } catch {
      return 'broken';
    }
  };
  const ended = read();
  return {
    ended,
    begun: isPending ? Promise.resolve() : Promise.race([until(() => received > 0), ended]),
    received: () => received,
    leave: () => abort.abort(),
  };
}
