import { readJson } from './body.ts';
import { clientSignal } from './client-signal.ts';
import { sendEvents } from './events.ts';
import { type Answer, type Handler, ModuleRequest, type Tools } from './handler.ts';
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
    const signal = clientSignal(ctx.res);
    const request = new ModuleRequest(ctx, tools, { params: ctx.params, query, body, signal });
    const answer = await handler.handle(request);
    ctx.set(answer.headers ?? {});
    const { events, status = 200 } = answer;
    if (events) await sendEvents(ctx, events, { ...tools, signal, status });
    else write(ctx, answer);
  };
}

function write(ctx: KitContext, { data, page, plain, status }: Answer): void {
  const body = data === undefined ? null : { success: true, data, ...(page && { page }) };
  ctx.body = plain ?? body;
  // After the body: without one Koa makes any status a 204.
  ctx.status = status ?? (ctx.body === null ? 204 : 200);
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
