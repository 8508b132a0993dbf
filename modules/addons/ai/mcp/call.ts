import type { Answer, Handler, ModuleRequest } from '../../../kit/index.ts';
import { type Call, CODE, errorOf, readMessage, resultOf, RpcError } from './json-rpc.ts';
import { METHODS, VERSIONS } from './methods.ts';

const JSON_TYPE = 'application/json';
const EVENTS_TYPE = 'text/event-stream';
/** What a client that names no revision is taken to speak; its single messages mean the same. */
const OLDEST = '2025-03-26';

/** One message of the Streamable HTTP transport. There are no sessions: every message stands, and is judged, alone. */
export const call: Handler = {
  body: {},
  async handle(request) {
    const type = request.preferred(JSON_TYPE, EVENTS_TYPE);
    if (!type) return refusal(406, `accept ${JSON_TYPE} and ${EVENTS_TYPE}`);
    const version = request.header('mcp-protocol-version') ?? OLDEST;
    if (version !== OLDEST && !VERSIONS.includes(version))
      return refusal(400, `mcp-protocol-version is none of ${VERSIONS.join(', ')}`);
    let message: Call | undefined;
    try {
      message = readMessage(request.body);
    } catch (error) {
      if (error instanceof RpcError) return { status: 400, plain: errorOf(undefined, error) };
      throw error;
    }
    if (!message) return { status: 202 };
    const answer = await answerTo(message, request);
    return type === JSON_TYPE ? { plain: answer } : { events: single(answer) };
  },
};

/** No stream to listen to, and no session to end: the transport's own answer to that is 405. */
export const notOffered: Handler = {
  handle: () => ({ ...refusal(405, 'only POST is offered here'), headers: { allow: 'POST' } }),
};

async function answerTo(message: Call, request: ModuleRequest): Promise<object> {
  try {
    const method = METHODS.get(message.method);
    if (!method) throw new RpcError(CODE.methodNotFound, 'there is no such method');
    return resultOf(message, await method(request, message.params));
  } catch (error) {
    if (error instanceof RpcError) return errorOf(message, error);
    throw error;
  }
}

async function* single(message: object): AsyncGenerator<{ data: string }> {
  yield await Promise.resolve({ data: JSON.stringify(message) });
}

function refusal(status: number, message: string): Answer {
  return { status, plain: errorOf(undefined, { code: CODE.invalidRequest, message }) };
}
