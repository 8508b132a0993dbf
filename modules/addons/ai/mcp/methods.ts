import type { ModuleRequest } from '../../../kit/index.ts';
import { CODE, RpcError, type Params } from './json-rpc.ts';
import { callTool, listTools } from './tools.ts';

/** Revisions of the protocol that are spoken here, newest first. */
export const VERSIONS = ['2025-11-25', '2025-06-18'];

type Method = (request: ModuleRequest, params: Params) => object | Promise<object>;

export const METHODS = new Map<string, Method>([
  ['initialize', initialize],
  ['ping', () => ({})],
  ['tools/list', listTools],
  ['tools/call', callTool],
]);

/** The client's revision where it is spoken here; otherwise the newest, and the client decides. */
function initialize(_request: ModuleRequest, { protocolVersion }: Params): object {
  if (typeof protocolVersion !== 'string')
    throw new RpcError(CODE.invalidParams, 'protocolVersion is missing');
  return {
    protocolVersion: VERSIONS.includes(protocolVersion) ? protocolVersion : VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name: 'kisum-ai', title: 'Kisum AI', version: '1' },
    instructions:
      'Reads predictions, analytics and scorings of the active company, as far as its user may see them.',
  };
}
