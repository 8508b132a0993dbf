/** Which questions must be asked so that every cell is answered, each of them once. */
import { narrowedTo, questionFacts, type Profile } from './facts.ts';
import type { Kind } from './people.ts';
import { isPersonal, type RouteGroup, type Seat } from './routes.ts';

/** The same facts at several routes. */
export interface Question {
  /** See `questionFacts`. */
  facts: string;
  routes: readonly string[];
}

/** Cells that have one answer before, and one after. */
export interface Comparison {
  routes: readonly string[];
  /** Indices into the questions of that side; `null`: the routes do not exist there. */
  before: number | null;
  after: number | null;
  kinds: Kind[];
}

export interface Plan {
  before: Question[];
  after: Question[];
  comparisons: Comparison[];
}

/** @param alike one policy on one catalog: what was asked before need not be asked after */
export function planQuestions(
  groups: RouteGroup[],
  kinds: Kind[],
  profiles: readonly Profile[],
  alike: boolean,
): Plan {
  const before = new Questions();
  const after = alike ? before : new Questions();
  const comparisons = groups.flatMap((group) => {
    const { routes } = group;
    const known = new Map<string, Comparison>();
    const [was, is] = [factsAt(group.before, profiles), factsAt(group.after, profiles)];
    for (const kind of isPersonal(group) ? kinds : kinds.slice(0, 1)) {
      const from = before.add(was(kind.before), routes);
      const to = after.add(is(kind.after), routes);
      const comparison = known.get(`${from} ${to}`);
      if (comparison) comparison.kinds.push(kind);
      else known.set(`${from} ${to}`, { routes, before: from, after: to, kinds: [kind] });
    }
    return [...known.values()];
  });
  return { before: before.list, after: after.list, comparisons };
}

export function evaluationsOf(questions: readonly Question[]): number {
  return questions.reduce((total, { routes }) => total + routes.length, 0);
}

class Questions {
  readonly list: Question[] = [];
  readonly #known = new Map<readonly string[], Map<string, number>>();

  add(facts: string | null, routes: readonly string[]): number | null {
    if (facts === null) return null;
    let byFacts = this.#known.get(routes);
    if (!byFacts) this.#known.set(routes, (byFacts = new Map<string, number>()));
    let index = byFacts.get(facts);
    if (index === undefined) byFacts.set(facts, (index = this.list.push({ facts, routes }) - 1));
    return index;
  }
}

/** What a gateway tells policy of a profile at such routes; `null` where it asks nothing, because there is no route. */
function factsAt(seat: Seat, profiles: readonly Profile[]): (profile: number) => string | null {
  if (seat === 'absent') return () => null;
  if (typeof seat === 'string') {
    const facts = questionFacts('null', { authenticated: seat === 'token' });
    return () => facts;
  }
  const known: string[] = [];
  return (id) => (known[id] ??= questionFacts(narrowedTo(seat.module, profiles[id]!)));
}
