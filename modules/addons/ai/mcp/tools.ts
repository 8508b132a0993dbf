import { ModuleError, type ModuleRequest, queryChecker } from '../../../kit/index.ts';
import { SUBJECTS } from '../knowledge.ts';
import { CODE, RpcError, type Params } from './json-rpc.ts';

const TOOLS = SUBJECTS.map(({ plural, title, seenBy, list }) => {
  const inputSchema = { ...list.query, additionalProperties: false };
  const told = {
    name: `list_${plural}`,
    title,
    description: `${title} of the active company, newest first; page.next is the cursor of the next page.`,
    inputSchema,
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
  return { told, seenBy, list, check: queryChecker(inputSchema) };
});

/** The tools of this user: one for each kind of data they may see. */
export function listTools(request: ModuleRequest, { cursor }: Params): object {
  if (cursor !== undefined) throw new RpcError(CODE.invalidParams, 'there is one page of tools');
  return { tools: TOOLS.filter(({ seenBy }) => seenBy(request)).map(({ told }) => told) };
}

/** A tool this user does not have does not exist. What the arguments get wrong is told to the model, so it can mend it. */
export async function callTool(
  request: ModuleRequest,
  { name, arguments: given = {} }: Params,
): Promise<object> {
  const tool = TOOLS.find(({ told, seenBy }) => told.name === name && seenBy(request));
  if (!tool) throw new RpcError(CODE.invalidParams, 'there is no such tool');
  try {
    const { data, page } = await tool.list.handle(request.withQuery(tool.check(given as Params)));
    return { content: [text({ data, page })], structuredContent: { data, page }, isError: false };
  } catch (error) {
    if (!(error instanceof ModuleError) || error.code !== 'validation_error') throw error;
    return { content: [text({ message: error.message, fields: error.fields })], isError: true };
  }
}

function text(value: unknown): object {
  return { type: 'text', text: JSON.stringify(value) };
}
