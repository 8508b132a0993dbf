/** Cells drawn from the full product, so that the dependency argument is not only tried where it was made. */
import type { AccessFacts, CallerFacts, CatalogData } from '../../contract.ts';
import type { Block } from './block.ts';
import type { Size } from './dimensions.ts';
import { MEMBERSHIPS, METHODS, PERSON, ROLES, callingModules, everythingBut } from './people.ts';
import { PERIODS } from './periods.ts';

const BLOCKS: Record<Size, number> = { quick: 0, all: 8_000 };
const ROUTES = 5;
const MOST_ROWS = 3;

/** Any number of rows up to three of everything that is sold, any grants, any caller. The same in every run. */
export function* drawn(catalog: CatalogData, size: Size): Generator<Block> {
  const draw = lottery(20_26);
  const one = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)]!;
  const rowsOf = <T>(names: string[], row: (name: string) => T): T[] =>
    names.flatMap((name) =>
      draw() < 0.5 ? [] : Array.from({ length: 1 + Math.floor(draw() * MOST_ROWS) }, () => row(name)),
    );
  const everything = everythingBut(catalog, null);
  const routes = [null, ...Object.keys(catalog.routes)];
  for (let block = 0; block < BLOCKS[size]; block += 1) {
    const generosity = draw();
    const granted = (keys: string[]): string[] => keys.filter(() => draw() < generosity);
    const access: AccessFacts = {
      membership: draw() < 0.7 ? { status: 'active' } : one(MEMBERSHIPS),
      subscriptions: rowsOf(Object.keys(catalog.packages), (name) => ({ package: name, ...one(PERIODS) })),
      addons: rowsOf(Object.keys(catalog.addons), (name) => ({ addon: name, ...one(PERIODS) })),
      modules: granted(everything.modules),
      permissions: granted(everything.permissions),
    };
    const call: CallerFacts = {
      module: one(callingModules(catalog)),
      method: one(METHODS),
      same_company: draw() < 0.8,
    };
    yield {
      sweep: 'drawn',
      token: draw() < 0.95,
      access,
      callers: draw() < 0.7 ? PERSON : [call],
      routes: Array.from({ length: ROUTES }, () => one(routes)),
      roles: [one(ROLES)],
      capable: block % 10 === 0,
    };
  }
}

/** Numbers from 0 to 1 that are the same for everybody (mulberry32). */
function lottery(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
