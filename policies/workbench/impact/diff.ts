/** Two policies, or two states of what is sold and granted, asked about everybody: who loses what, who gains what. */
import { isDeepStrictEqual } from 'node:util';
import type { Examination } from './answer.ts';
import { callChanges } from './calls.ts';
import { Profiles } from './facts.ts';
import type { Change, Examined, Impact, Side, Standing } from './impact.ts';
import { peopleOf, type People } from './people.ts';
import { evaluationsOf, planQuestions, type Comparison, type Plan, type Question } from './plan.ts';
import { isPersonal, routeGroups, type RouteGroup } from './routes.ts';
import { answersToAll } from './share.ts';
import { VERDICTS } from './verdict.ts';

export interface DiffOptions {
  /** Evaluations so far, and altogether. */
  onProgress?: (done: number, of: number) => void;
  /** Evaluations of one policy from which on threads help. */
  threadsFrom?: number;
}

/** They take longer than a thread takes to start. */
const WORTH_A_THREAD = 50_000;

/** Exact: each cell has the answer a gateway would give it, before and after. */
export async function diffImpact(before: Side, after: Side, options: DiffOptions = {}): Promise<Impact> {
  const profiles = new Profiles();
  const people = peopleOf(before.snapshot, after.snapshot, profiles);
  const groups = routeGroups(before.snapshot.catalog, after.snapshot.catalog);
  const plan = planQuestions(groups, people.kinds, profiles.list, areAlike(before, after));
  const answers = await answersOf(plan, before, after, options);
  const changed = plan.comparisons.flatMap((comparison) => {
    const changes = changesIn(comparison, answers);
    return changes.length === 0 ? [] : [{ kinds: comparison.kinds, changes }];
  });
  const { calls, changes: calling } = await callChanges(before, after);
  return {
    before: standingOf(before),
    after: standingOf(after),
    examined: { ...examinedIn(people, groups, plan), calls },
    members: people.members,
    groups: changed
      .map(({ kinds, changes }) => ({ members: kinds.flatMap(({ members }) => members), changes }))
      .filter(({ members }) => members.length > 0),
    anyone: changed.flatMap(({ kinds, changes }) => (kinds.includes(people.kinds[0]!) ? changes : [])),
    calls: calling,
  };
}

function areAlike({ policy: was, snapshot: then }: Side, { policy: is, snapshot: now }: Side): boolean {
  return was.revision === is.revision && isDeepStrictEqual(then.catalog, now.catalog);
}

interface Answers {
  before: Uint8Array[];
  after: Uint8Array[];
}

async function answersOf(plan: Plan, before: Side, after: Side, options: DiffOptions): Promise<Answers> {
  const total = evaluationsIn(plan);
  let done = 0;
  const examinations = [examinationOf(before, plan.before)];
  if (plan.after !== plan.before) examinations.push(examinationOf(after, plan.after));
  const [was, is = was] = await answersToAll(examinations, {
    threadsFrom: options.threadsFrom ?? WORTH_A_THREAD,
    onProgress: (evaluations) => options.onProgress?.((done += evaluations), total),
  });
  return { before: was!, after: is! };
}

function examinationOf({ policy, snapshot: { catalog } }: Side, questions: Question[]): Examination {
  return { policy, catalog, questions };
}

const UNKNOWN = VERDICTS.indexOf('route_unknown');

function changesIn({ routes, before, after }: Comparison, answers: Answers): Change[] {
  const was = before === null ? null : answers.before[before]!;
  const is = after === null ? null : answers.after[after]!;
  if (was === is) return [];
  return routes.flatMap((route, index) => {
    const from = was?.[index] ?? UNKNOWN;
    const to = is?.[index] ?? UNKNOWN;
    return from === to ? [] : [{ route, from: VERDICTS[from]!, to: VERDICTS[to]! }];
  });
}

function standingOf({ policy: { revision }, snapshot: { catalogVersion } }: Side): Standing {
  return { revision, catalogVersion };
}

function examinedIn(
  { companies, users, members }: People,
  groups: RouteGroup[],
  plan: Plan,
): Omit<Examined, 'calls'> {
  const routes = sum(groups.map((group) => group.routes.length));
  const personal = sum(groups.filter(isPersonal).map((group) => group.routes.length));
  const cells = members.length * personal + routes;
  return { companies, users, members: members.length, routes, cells, evaluations: evaluationsIn(plan) };
}

function evaluationsIn({ before, after }: Plan): number {
  return evaluationsOf(before) + (before === after ? 0 : evaluationsOf(after));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
