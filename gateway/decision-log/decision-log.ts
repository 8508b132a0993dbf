import type { Account } from '../../policies/decision-log/account.ts';
import { catalogLine, type CatalogLine } from '../../policies/decision-log/catalog.ts';
import type { CatalogData, Decision, LogTreatment } from '../../policies/contract.ts';
import type { PolicyEngine } from '../../policies/engine/engine.ts';
import { PolicyFailure } from '../../policies/engine/failure.ts';
import { isoNow, type Logger } from '../log.ts';
import type { Exchange } from '../request/exchange.ts';
import type { CheckpointsOutside } from './checkpoints.ts';
import { eventLine, eventParts, type EventParts } from './event-line.ts';
import type { Sink } from './sink.ts';

export interface DecisionLogOptions {
  sinks: Sink[];
  outside?: CheckpointsOutside | undefined;
  labels: Record<string, string>;
  log: Logger;
}

/** What was written, and what still waits, by sink. */
export interface SinkState extends Account {
  sink: string;
  waiting: number;
}

/** Every decision as one line, to every sink. Writing it costs a request one string; a sink can never fail one. */
export class DecisionLog {
  readonly #options: DecisionLogOptions;
  /** A remembered decision belongs to one route and one set of facts, so all of its line but the ids is the same. */
  readonly #parts = new WeakMap<Decision, EventParts>();
  readonly #catalogs = new WeakMap<CatalogData, CatalogLine>();
  /** Engines whose log policy failed once: asked again, each failure would cost them an instance. */
  readonly #mute = new WeakSet<PolicyEngine>();
  /** Decisions of which all that may be erased was, because the log's policy could not be asked. */
  untreated = 0;

  constructor(options: DecisionLogOptions) {
    this.#options = options;
  }

  get states(): SinkState[] {
    return this.#options.sinks.map(({ delivery: { name, outbox } }) => ({
      sink: name,
      waiting: outbox.waiting,
      ...outbox.account,
    }));
  }

  get checkpointFailures(): number {
    return this.#options.outside?.failures ?? 0;
  }

  /** Takes in the decision of an exchange. */
  write(exchange: Exchange): void {
    const { sinks } = this.#options;
    const parts = this.#parts.get(exchange.decision!) ?? this.#partsOf(exchange);
    if (parts.drop) {
      for (const { delivery } of sinks) delivery.outbox.leaveOut();
      return;
    }
    const line = eventLine(exchange, parts, isoNow());
    for (const { delivery } of sinks) delivery.offer(line, parts.catalog);
  }

  /** Tries to write everything that waits, now. */
  async flush(): Promise<void> {
    await Promise.all(this.#options.sinks.map(({ delivery }) => delivery.flush()));
  }

  /** Writes what waits until the time is up, counts the rest, and says what became of all. */
  async close(milliseconds: number): Promise<void> {
    const { sinks, log } = this.#options;
    await Promise.all(sinks.map((sink) => sink.close(milliseconds)));
    for (const state of this.states) log.info(state, 'decision log closed');
  }

  #catalogOf(data: CatalogData): CatalogLine {
    let line = this.#catalogs.get(data);
    if (!line) this.#catalogs.set(data, (line = catalogLine(data)));
    return line;
  }

  #partsOf(exchange: Exchange): EventParts {
    const catalog = this.#catalogOf(exchange.catalog.data);
    const treatment = this.#treatmentOf(exchange);
    const parts = eventParts(exchange, { catalog, labels: this.#options.labels, treatment });
    if (treatment) this.#parts.set(exchange.decision!, parts);
    else this.untreated += 1;
    return parts;
  }

  #treatmentOf({ catalog, match, subject, decision }: Exchange): LogTreatment | undefined {
    const { engine } = catalog;
    if (this.#mute.has(engine)) return undefined;
    const caller = subject?.kind === 'module' ? subject.key : null;
    try {
      return engine.treatLog({ route: match?.route.id ?? null, caller, result: decision! });
    } catch (err) {
      const passes = err instanceof PolicyFailure && err.kind === 'unavailable';
      if (!passes) this.#mute.add(engine);
      this.#options.log.error({ err }, "the decision log's policy cannot be asked: what may be erased is");
      return undefined;
    }
  }
}
