import { pino } from 'pino';
import type { Access } from './access/access.ts';
import { isoTime, type Logger } from './log.ts';
import type { Exchange } from './request/exchange.ts';

/** What of a line is new with every request. All of it is checked text or a number, so nothing needs escaping. */
export interface Latest {
  client: string;
  status: number;
  latencyMs: number;
}

/**
 * The line of an allowed request, exactly as pino would write it, but put together from parts that are strings already.
 * Pino would serialise the same user, company and route again each time, at the price of a decision.
 */
export class AllowedLines {
  readonly #log: Logger;
  readonly #stream: { write(line: string): void };
  /** `,"name":value…` of what the logger is bound to. */
  readonly #bindings: string;
  readonly #known = new WeakMap<Access, Map<string, string>>();

  constructor(log: Logger) {
    const inside = log as unknown as Record<symbol, unknown>;
    this.#log = log;
    this.#stream = inside[pino.symbols.streamSym] as { write(line: string): void };
    this.#bindings = inside[pino.symbols.chindingsSym] as string;
  }

  write(exchange: Exchange, access: Access, { client, status, latencyMs }: Latest): void {
    if (!this.#log.isLevelEnabled('info')) return;
    const { requestId, decisionId } = exchange;
    this.#stream.write(
      `{"level":"info"${isoTime()}${this.#bindings}${this.#lasting(exchange, access)},"requestId":"${requestId}",` +
        `"decisionId":"${decisionId}","client":"${client}","status":${status},"latencyMs":${latencyMs}}\n`,
    );
  }

  /** The part that lasts as long as the access does, by method and route. */
  #lasting({ req, match, catalog }: Exchange, access: Access): string {
    const { id, path, permission } = match!.route;
    let parts = this.#known.get(access);
    if (!parts) this.#known.set(access, (parts = new Map<string, string>()));
    const { revision } = catalog.engine;
    const key = `${req.method} ${id} ${catalog.version} ${revision}`;
    let part = parts.get(key);
    if (part === undefined) {
      const { userId, companyId, record } = access;
      const endpoint = `${req.method} ${path}`;
      const lasting = {
        userId,
        companyId,
        versions: record.versions,
        endpoint,
        action: permission,
        revision,
      };
      part = `,${JSON.stringify({ ...lasting, result: 'allowed' }).slice(1, -1)}`;
      parts.set(key, part);
    }
    return part;
  }
}
