import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readCapped } from '../../gateway/request/read-capped.ts';
import { CliError, EXIT, exitCodeOf } from '../errors.ts';

/** How a command reaches the owner of the embedded database. */
export interface Endpoint {
  url: string;
  close(): void;
}

export type Answer =
  | { ok: true; result: unknown }
  | { ok: false; exitCode: number; message: string; reasons?: readonly string[] | undefined };

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Takes commands on loopback, only from whoever can read the secret.
 * @param perform runs one operation by name; its errors go back to the command
 */
export async function openEndpoint(
  secret: string,
  perform: (operation: string, args: unknown) => Promise<unknown>,
): Promise<Endpoint> {
  const server = createServer((req, res) => {
    void answer(req, secret, perform).then((body) => {
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  req: IncomingMessage,
  secret: string,
  perform: (operation: string, args: unknown) => Promise<unknown>,
): Promise<Answer> {
  try {
    if (!isSecret(req.headers.authorization, secret))
      throw new CliError(EXIT.precondition, 'the secret is wrong');
    const args: unknown = JSON.parse(await read(req));
    return { ok: true, result: (await perform(req.url!.slice(1), args)) ?? null };
  } catch (error) {
    const reasons = error instanceof CliError ? error.reasons : undefined;
    return { ok: false, exitCode: exitCodeOf(error as Error), message: (error as Error).message, reasons };
  }
}

function isSecret(authorization: string | undefined, secret: string): boolean {
  const sent = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  return sent.length === wanted.length && timingSafeEqual(sent, wanted);
}

async function read(req: IncomingMessage): Promise<string> {
  const body = await readCapped(req, MAX_BODY_BYTES);
  if (body === undefined) throw new CliError(EXIT.usage, 'the command is too large');
  return body;
}
