/**
 * Tells a question without the keys that do not matter, as text of the JSON the invariants read. It only looks up what
 * the declared catalog says; what counts, fits or suffices is for the invariants to say.
 */
import type { AccessFacts, CallerFacts, CatalogData, PeriodFacts } from '../../contract.ts';

/** What a question is about: the module that must be bought and granted. */
type Subject = string | null;

export interface Words {
  /** The personas a company pays for now. */
  bases(bought: Pick<AccessFacts, 'subscriptions'>): string[];
  /** The company and member as one module sees them: `"member":…,"bases":…,"subject":…,"sold":…`. */
  company(access: AccessFacts | null, subject: Subject): string;
  route(route: string | null): string;
  /** `"caller":…`, and for a module what it calls. */
  caller(caller: CallerFacts | null, route: string | null): string;
}

const NOBODY: AccessFacts = { membership: null, subscriptions: [], addons: [], modules: [], permissions: [] };

export function createWords(declared: CatalogData, period: (it: PeriodFacts) => string): Words {
  const { modules, packages, addons, entities, reads } = declared;
  const typeOf = (module: Subject): string =>
    (module === null ? undefined : own(modules, module)?.type) ?? 'unknown';

  function bases({ subscriptions }: Pick<AccessFacts, 'subscriptions'>): string[] {
    const running = subscriptions.filter((row) => period(row) === 'active');
    const sold = running.flatMap((row) => Object.keys(own(packages, row.package)?.modules ?? {}));
    return distinct(sold.filter((module) => typeOf(module) === 'base'));
  }

  function sold(access: AccessFacts, subject: string): string[] {
    const byAddon = access.addons.flatMap((row) => {
      const addon = own(addons, row.addon);
      if (!addon || !own(addon.modules, subject)) return [];
      return [JSON.stringify({ period: period(row), on: addon.bases ? keysOf(addon.bases) : 'every base' })];
    });
    const byPackage = access.subscriptions.flatMap((row) =>
      own(own(packages, row.package)?.modules ?? {}, subject)
        ? [JSON.stringify({ period: period(row), on: 'every base' })]
        : [],
    );
    return distinct([...byAddon, ...byPackage]);
  }

  return {
    bases,
    company(access, subject) {
      const facts = access ?? NOBODY;
      if (facts.resolved) return resolvedTo(facts, subject);
      // A base is what the company runs on, however often it was bought; only an add-on is sold by rows of its own.
      const rows = subject === null || typeOf(subject) === 'base' ? '' : sold(facts, subject).join(',');
      const told = { module: subject === null ? null : ITSELF, type: typeOf(subject) };
      return [
        `"member":"${facts.membership?.status ?? 'none'}"`,
        `"bases":${JSON.stringify(nicknamed(bases(facts), subject, rows))}`,
        `"subject":${JSON.stringify(told)}`,
        `"sold":[${rows}]`,
      ].join(',');
    },
    route: (route) => `"route":{"access":${JSON.stringify(routeOf(declared, route)?.access ?? 'none')}}`,
    caller(caller, route) {
      if (caller === null) return '"caller":null';
      const { method, module = null, entity } = routeOf(declared, route) ?? {};
      const owned = entity === undefined ? undefined : own(entities, entity);
      const declares = entity !== undefined && own(own(reads, caller.module) ?? {}, entity) === true;
      const told = { method: caller.method, same_company: caller.same_company, declares };
      const called = {
        method: method ?? 'none',
        type: typeOf(module),
        shared: owned?.shared === true,
        owned: owned?.module === module,
        itself: module === caller.module,
      };
      return `"caller":${JSON.stringify(told)},"called":${JSON.stringify(called)}`;
    },
  };

  /** What Auth has judged: no row of it counts. */
  function resolvedTo({ membership }: AccessFacts, subject: Subject): string {
    const told = { module: subject === null ? null : ITSELF, type: typeOf(subject) };
    return `"member":"${membership?.status ?? 'none'}","resolved":true,"bases":[],"subject":${JSON.stringify(told)},"sold":[]`;
  }

  function keysOf(set: Record<string, boolean>): string[] {
    return Object.keys(set)
      .filter((key) => set[key])
      .sort();
  }
}

const ITSELF = 'itself';

/** Bases by their keys only where something is sold on them; the names of the others do not matter. */
function nicknamed(bases: string[], subject: string | null, sold: string): string[] {
  let others = 0;
  return bases.map((base) => {
    if (base === subject) return ITSELF;
    return sold.includes(JSON.stringify(base)) ? base : `another ${(others += 1)}`;
  });
}

/** What the catalog declares of a route. */
export function routeOf(
  { routes }: CatalogData,
  route: string | null,
): CatalogData['routes'][string] | undefined {
  return route === null ? undefined : own(routes, route);
}

/** The module a question is about, as the contract has it: the calling one, or the route's own for a person. */
export function subjectOf(declared: CatalogData, route: string | null, caller: CallerFacts | null): Subject {
  return caller === null ? (routeOf(declared, route)?.module ?? null) : caller.module;
}

function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts)].sort();
}
