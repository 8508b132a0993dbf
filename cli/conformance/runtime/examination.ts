import type { Finding } from '../../outcome.ts';
import type { NotExamined } from '../formats/format.ts';
import { ids, reproduction } from './lab/reproduction.ts';
import type { Examined } from './probes/probe.ts';
import { RUNTIME_RULES } from './rules.ts';

/** `pass`, `fail`, `open` (not examined) or `-` (does not apply). */
export type Cell = 'pass' | 'fail' | 'open' | '-';

/** One route, or the service as a whole, against every probe. */
export interface MatrixRow {
  module: string;
  service: string;
  /** `GET /api/finance/expenses`; `service finance` for what is not of one route. */
  route: string;
  /** Rule id → what came of it. */
  cells: Record<string, Cell>;
}

export interface Examination {
  findings: Finding[];
  examined: { modules: number; routes: number; probes: number; requests: number };
  matrix: MatrixRow[];
  notExamined: NotExamined[];
}

/** What came of one probe in one place. */
export interface Result {
  route: string;
  rule: string;
  examined: Examined;
}

/** Pure: the order of the results in time does not show. */
export function examinationOf(given: {
  module: string;
  service: string;
  routes: string[];
  results: Result[];
  requests: number;
}): Examination {
  const { module, service, routes, results, requests } = given;
  const whole = `service ${service}`;
  const places = [...routes, whole];
  const at = (route: string, rule: string) =>
    results.filter((result) => result.route === route && result.rule === rule);
  const matrix = places.map((route) => ({
    module,
    service,
    route,
    cells: Object.fromEntries(RUNTIME_RULES.map(({ id }) => [id, cellOf(at(route, id))])),
  }));
  const cells = matrix.flatMap((row) => Object.values(row.cells));
  return {
    findings: places.flatMap((route) =>
      RUNTIME_RULES.flatMap(({ id }) => findings(module, route, at(route, id))),
    ),
    examined: {
      modules: 1,
      routes: routes.length,
      probes: cells.filter((cell) => cell === 'pass' || cell === 'fail').length,
      requests,
    },
    matrix,
    notExamined: results.flatMap(({ route, rule, examined }) =>
      examined && 'why' in examined ? [{ what: `${rule} ${route}`, why: examined.why }] : [],
    ),
  };
}

export function joined(all: Examination[]): Examination {
  const sum = (count: (it: Examination['examined']) => number) =>
    all.reduce((total, { examined }) => total + count(examined), 0);
  return {
    findings: all.flatMap(({ findings }) => findings),
    examined: {
      modules: new Set(all.flatMap(({ matrix }) => matrix.map(({ module }) => module))).size,
      routes: sum(({ routes }) => routes),
      probes: sum(({ probes }) => probes),
      requests: sum(({ requests }) => requests),
    },
    matrix: all.flatMap(({ matrix }) => matrix),
    notExamined: all.flatMap(({ notExamined }) => notExamined),
  };
}

function cellOf(results: Result[]): Cell {
  const trials = results.flatMap(({ examined }) => (Array.isArray(examined) ? examined : []));
  if (trials.some(({ fault }) => fault !== undefined)) return 'fail';
  if (results.some(({ examined }) => examined && 'why' in examined)) return 'open';
  return trials.length > 0 ? 'pass' : '-';
}

/** One finding a probe and place: the first fault, and how many more there are. */
function findings(module: string, route: string, results: Result[]): Finding[] {
  const trials = results.flatMap(({ examined }) => (Array.isArray(examined) ? examined : []));
  const [first, ...more] = trials.filter(({ fault }) => fault !== undefined);
  if (!first) return [];
  const { id: rule, severity, fix } = RUNTIME_RULES.find(({ id }) => id === results[0]!.rule)!;
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  const again = first.exchange ? ` Again: ${reproduction(first.exchange)}` : '';
  const message = ids(`${route}: ${first.what}: ${first.fault}${others}`);
  return [{ rule, severity, module, message, fix: `${fix}${again}` }];
}
