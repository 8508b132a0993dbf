import type { Logger } from '../log.ts';
import { changeKey, type AcceptedChanges, type Ending } from '../../policies/accepted.ts';

/** More lines than this at a time tell nobody more. */
const LINES_AT_ONCE = 50;
/** Distinct differences kept; what is beyond is counted together. */
const MOST_DIFFERENCES = 10_000;
const OTHERS = 'others';

export interface Difference {
  route: string;
  /** How the policy in force decides. */
  from: Ending;
  /** How the candidate decides. */
  to: Ending;
}

/** How often one outcome of the comparison was seen. */
export interface Cell {
  kind: 'same' | 'accepted' | 'unexpected' | 'failed';
  count: number;
}

type DifferenceCell = Cell & Difference & { reported: number };

export interface TallyOptions {
  /** Revision of the policy in force. */
  inForce: string;
  /** Revision of the candidate. */
  candidate: string;
  /** The diff that was accepted for the candidate, if any. */
  accepted: AcceptedChanges | undefined;
  log: Logger;
}

/** What was seen of one candidate beside one policy in force. Only what nobody accepted is reported. */
export class ShadowTally {
  readonly inForce: string;
  readonly candidate: string;
  readonly same: Cell = { kind: 'same', count: 0 };
  readonly failed: Cell = { kind: 'failed', count: 0 };
  /** Decisions nobody had the time to compare. */
  skipped = 0;
  readonly #log: Logger;
  readonly #accepted: Set<string>;
  readonly #cells = new Map<string, DifferenceCell>();

  constructor({ inForce, candidate, accepted, log }: TallyOptions) {
    this.inForce = inForce;
    this.candidate = candidate;
    this.#log = log.child({ shadow: candidate, revision: inForce });
    const applies = accepted?.from === inForce;
    this.#accepted = new Set(applies ? accepted.changes.map(changeKey) : []);
    if (accepted && !applies) {
      this.#log.warn(
        { acceptedFrom: accepted.from },
        'shadow: the accepted diff starts from another revision than the one in force; every difference is told',
      );
    }
  }

  /** The cell to count in whenever the same facts are seen again. */
  cellOf(difference: Difference): Cell {
    if (difference.from === difference.to) return this.same;
    const key = changeKey(difference);
    let cell = this.#cells.get(key);
    if (!cell) {
      const kind = this.#accepted.has(key) ? 'accepted' : 'unexpected';
      if (this.#cells.size >= MOST_DIFFERENCES && kind === 'unexpected' && difference.route !== OTHERS)
        return this.cellOf({ ...difference, route: OTHERS });
      cell = { ...difference, kind, count: 0, reported: 0 };
      this.#cells.set(key, cell);
    }
    return cell;
  }

  counts(): Record<Cell['kind'] | 'skipped', number> {
    const counts = { same: this.same.count, failed: this.failed.count, accepted: 0, unexpected: 0 };
    for (const { kind, count } of this.#cells.values()) counts[kind] += count;
    return { ...counts, skipped: this.skipped };
  }

  /** How many accepted changes nothing was seen of. */
  get acceptedUnseen(): number {
    return [...this.#accepted].filter((key) => !this.#cells.has(key)).length;
  }

  /** One line for each difference nobody accepted that was seen since the last report. */
  report(): void {
    const news = [...this.#cells.values()].filter(
      ({ kind, count, reported }) => kind === 'unexpected' && count > reported,
    );
    for (const cell of news.slice(0, LINES_AT_ONCE)) {
      const { route, from, to, count, reported } = cell;
      this.#log.warn(
        { route, from, to, count: count - reported },
        'shadow: observed is not what was accepted',
      );
      cell.reported = count;
    }
    const more = news.length - LINES_AT_ONCE;
    if (more > 0)
      this.#log.warn({ differences: more }, 'shadow: more differences, told with the next report');
  }

  /** The last report. */
  close(): void {
    this.report();
    this.#log.info({ ...this.counts(), acceptedUnseen: this.acceptedUnseen }, 'shadow: what was seen');
  }
}
