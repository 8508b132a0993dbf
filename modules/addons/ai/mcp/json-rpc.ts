/** JSON-RPC 2.0, as far as MCP uses it: one message at a time, ids that are text or whole numbers, named parameters. */

export const CODE = { invalidRequest: -32600, methodNotFound: -32601, invalidParams: -32602 } as const;

export type Params = Record<string, unknown>;

/** A message that wants an answer. */
export interface Call {
  id: string | number;
  method: string;
  params: Params;
}

/** What was asked cannot be done; becomes the `error` of the answer. */
export class RpcError extends Error {
  override name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A message; `undefined` for one that wants no answer: a notification, or an answer to a question never asked. */
export function readMessage(body: unknown): Call | undefined {
  if (Array.isArray(body))
    throw new RpcError(CODE.invalidRequest, 'batches are not supported: send one message');
  if (!isObject(body) || body['jsonrpc'] !== '2.0')
    throw new RpcError(CODE.invalidRequest, 'no JSON-RPC 2.0 message');
  const { id, method, params = {} } = body;
  const isReply = method === undefined && ('result' in body || 'error' in body);
  if (isReply) return undefined;
  if (typeof method !== 'string' || !isObject(params))
    throw new RpcError(CODE.invalidRequest, 'method is text, and params, if any, an object');
  if (id === undefined) return undefined;
  if (typeof id !== 'string' && !Number.isSafeInteger(id))
    throw new RpcError(CODE.invalidRequest, 'id is text or a whole number');
  return { id: id as string | number, method, params };
}

export function resultOf({ id }: Call, result: object): object {
  return { jsonrpc: '2.0', id, result };
}

/** @param call absent when the message could not be read so far */
export function errorOf(
  call: Call | undefined,
  { code, message }: Pick<RpcError, 'code' | 'message'>,
): object {
  return { jsonrpc: '2.0', id: call?.id ?? null, error: { code, message } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
