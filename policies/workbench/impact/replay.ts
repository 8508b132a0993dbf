/** Past decisions made again by another policy, or by the same one, which must decide as it did. */
import { LRUCache } from 'lru-cache';
import type { CatalogData, DecisionEvent, DecisionInput } from '../../contract.ts';
import { catalogDigest } from '../../decision-log/catalog.ts';
import type { Entry } from '../../decision-log/entry.ts';
import { isDecision } from '../../engine/answers.ts';
import type { RunnablePolicy } from '../../engine/bundle.ts';
import { questionFacts } from './facts.ts';
import type { Change } from './impact.ts';
import { createJudge, type Judge } from './judge.ts';
import { inputFault } from './shapes.ts';
import { VERDICTS, type Verdict } from './verdict.ts';

export interface ReplayedChange extends Change {
  decisions: number;
  /** Different users in companies; at most `MOST_SUBJECTS`. Masked ones are not counted. */
  subjects: number;
  /** Ids of the first few. */
  ids: string[];
}

/** Why a decision could not be made again. */
export const NOT_EXAMINED = [
  'unreadable line',
  'catalog missing',
  'catalog is not the one its digest names',
  'facts missing or malformed',
] as const;

export interface Replay {
  /** Of the policy that decides again. */
  revision: string;
  /** Decisions that were made again. */
  examined: number;
  same: number;
  /** By route and verdicts, the most frequent first. */
  changes: ReplayedChange[];
  /** Changed, although the same revision had decided: the log or the policy is not what it says. */
  notReproduced: number;
  notExamined: Record<(typeof NOT_EXAMINED)[number], number>;
  /** Revision that had decided → decisions. */
  revisions: Record<string, number>;
  /** RFC 3339, of the first and the last decision; empty without any. */
  first: string;
  last: string;
}

const MOST_IDS = 3;
export const MOST_SUBJECTS = 100_000;
const MOST_ANSWERS = 20_000;
/** A judge holds memory; another catalog comes a few times a day. */
const MOST_JUDGES = 8;

/** Holds one entry at a time, each catalog once, and what it counts. */
export async function replay(entries: AsyncIterable<Entry>, policy: RunnablePolicy): Promise<Replay> {
  const counts = new Counts(policy.revision);
  const bench = new Bench(policy);
  for await (const entry of entries) {
    if (entry.kind === 'unreadable') counts.skip('unreadable line');
    if (entry.kind === 'catalog') bench.bring(entry.digest, entry.data);
    if (entry.kind !== 'event') continue;
    const { event } = entry;
    const from = isDecision(event.result) ? (event.result.reason ?? 'allow') : null;
    const to = from === null ? FACTLESS : await bench.decide(event);
    if (from === null || isObstacle(to)) counts.skip(to as Obstacle);
    else counts.add(event, from, to);
  }
  return counts.result();
}

type Obstacle = (typeof NOT_EXAMINED)[number];

const FACTLESS: Obstacle = 'facts missing or malformed';

const isObstacle = (answer: Verdict | Obstacle): answer is Obstacle =>
  (NOT_EXAMINED as readonly string[]).includes(answer);

/** The policy on every catalog of the log, and the answers it gave. */
class Bench {
  readonly #policy: RunnablePolicy;
  /** `null`: not what its digest names. */
  readonly #catalogs = new Map<string, CatalogData | null>();
  readonly #judges = new LRUCache<string, Judge>({ max: MOST_JUDGES });
  readonly #answers = new LRUCache<string, Verdict | Obstacle>({ max: MOST_ANSWERS });

  constructor(policy: RunnablePolicy) {
    this.#policy = policy;
  }

  bring(digest: string, data: CatalogData): void {
    if (this.#catalogs.get(digest)) return;
    this.#catalogs.set(digest, catalogDigest(data) === digest ? data : null);
  }

  async decide({ input, catalog }: DecisionEvent): Promise<Verdict | Obstacle> {
    const digest = catalog?.digest;
    const data = this.#catalogs.get(digest);
    if (data === undefined) return 'catalog missing';
    if (data === null) return 'catalog is not the one its digest names';
    const key = `${digest} ${JSON.stringify(input)}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = inputFault(input) === null ? await this.#ask(digest, data, input) : FACTLESS;
    this.#answers.set(key, answer);
    return answer;
  }

  async #ask(digest: string, data: CatalogData, input: DecisionInput): Promise<Verdict> {
    let judge = this.#judges.get(digest);
    if (!judge) this.#judges.set(digest, (judge = await createJudge(this.#policy, data)));
    const { route, access, ...facts } = input;
    const [verdict] = await judge.verdicts(questionFacts(JSON.stringify(access), facts), [route]);
    return VERDICTS[verdict!]!;
  }
}

class Counts {
  readonly #revision: string;
  readonly #changes = new Map<string, Omit<ReplayedChange, 'subjects'> & { subjects: Set<string> }>();
  readonly #notExamined = Object.fromEntries(NOT_EXAMINED.map((why) => [why, 0])) as Replay['notExamined'];
  readonly #revisions: Record<string, number> = {};
  #same = 0;
  #examined = 0;
  #notReproduced = 0;
  #first = '';
  #last = '';

  constructor(revision: string) {
    this.#revision = revision;
  }

  skip(why: Obstacle): void {
    this.#notExamined[why] += 1;
  }

  add(event: DecisionEvent, from: Verdict, to: Verdict): void {
    const { timestamp } = event;
    const revision = event.bundles?.kisum?.revision ?? 'unknown';
    this.#examined += 1;
    this.#revisions[revision] = (this.#revisions[revision] ?? 0) + 1;
    if (this.#first === '' || timestamp < this.#first) this.#first = timestamp;
    if (timestamp > this.#last) this.#last = timestamp;
    if (from === to) this.#same += 1;
    else this.#change(event, from, to, revision);
  }

  #change(
    { input, decision_id, subject }: DecisionEvent,
    from: Verdict,
    to: Verdict,
    revision: string,
  ): void {
    if (revision === this.#revision) this.#notReproduced += 1;
    const route = input.route ?? 'no route';
    const key = `${route} ${from} ${to}`;
    let change = this.#changes.get(key);
    if (!change)
      this.#changes.set(key, (change = { route, from, to, decisions: 0, subjects: new Set(), ids: [] }));
    change.decisions += 1;
    if (change.ids.length < MOST_IDS) change.ids.push(decision_id);
    const { user_id, company_id } = subject ?? {};
    if (user_id !== undefined && change.subjects.size < MOST_SUBJECTS)
      change.subjects.add(`${user_id} ${company_id}`);
  }

  result(): Replay {
    const changes = [...this.#changes.entries()].sort(
      ([a, few], [b, many]) => many.decisions - few.decisions || (a < b ? -1 : 1),
    );
    return {
      revision: this.#revision,
      examined: this.#examined,
      same: this.#same,
      changes: changes.map(([, { subjects, ...change }]) => ({ ...change, subjects: subjects.size })),
      notReproduced: this.#notReproduced,
      notExamined: this.#notExamined,
      revisions: this.#revisions,
      first: this.#first,
      last: this.#last,
    };
  }
}
