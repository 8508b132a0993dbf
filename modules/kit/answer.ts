import { readJson } from './body.ts';
import { type Handler, ModuleRequest, type Tools } from './handler.ts';
import type { KitContext } from './state.ts';
import { bodyChecker, queryChecker } from './validation.ts';

type Parameters = { params: Record<string, string> };

/** The last step of a route: reads and checks the input, lets the handler work, writes its answer. */
export function answerWith(handler: Handler, tools: Tools): (ctx: KitContext & Parameters) => Promise<void> {
  const checkBody = handler.body && bodyChecker(handler.body);
  const checkQuery = handler.query && queryChecker(handler.query);

  return async (ctx) => {
    const query = checkQuery ? checkQuery(queryOf(ctx.querystring)) : {};
    const body = checkBody ? checkBody(await readJson(ctx.req)) : {};
    const request = new ModuleRequest(ctx, tools, { params: ctx.params, query, body });
    const { data, page, location, status = data === undefined ? 204 : 200 } = await handler.handle(request);
    if (location) ctx.set('location', location);
    ctx.status = status;
    ctx.body = data === undefined ? null : { success: true, data, ...(page && { page }) };
  };
}

/** A name sent twice becomes a list, which no declared filter accepts: nobody has to guess which one counts. */
function queryOf(querystring: string): Record<string, unknown> {
  const pairs = new URLSearchParams(querystring);
  return Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const values = pairs.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
