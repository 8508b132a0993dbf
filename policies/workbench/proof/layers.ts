/** Layers: what is told to people who ask why. */
import { isDeepStrictEqual } from 'node:util';
import type { CatalogData, DecisionInput, Layer } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeLayers } from './answers.ts';
import type { Court } from './court.ts';
import { routeOf, subjectOf } from './words.ts';

/** @param facts the cell without its answer */
export function examineLayers(court: Court, sweep: string, question: string, facts: string): void {
  const text = court.ask(ENTRYPOINTS.layers, question);
  const layers: unknown = text === null ? null : JSON.parse(text);
  const answer = isWholeLayers(layers)
    ? {
        whole: true,
        layers: layers.map(({ layer, holds, standing }) => [layer, holds, standing]),
        factual: layers.every(isFactual(court.declared, JSON.parse(question) as DecisionInput)),
      }
    : { whole: false };
  const cell = `{"kind":"layers",${facts},"answer":${JSON.stringify(answer)}}`;
  court.present(cell, { sweep, entrypoint: ENTRYPOINTS.layers, question });
}

/** Whether a layer shows the rows and keys it is about, as they were given. */
function isFactual(declared: CatalogData, { route, authenticated, caller, access }: DecisionInput) {
  const subject = subjectOf(declared, route, caller);
  const { permission = null, entity = null } = routeOf(declared, route) ?? {};
  const { membership = null, subscriptions = [], addons = [], resolved } = access ?? {};
  const sells = (product: { modules: Record<string, boolean> } | undefined): boolean =>
    subject !== null && product?.modules[subject] === true;
  const expected: Record<Layer['layer'], object> = {
    entry: { route, authenticated },
    membership: { membership },
    base: resolved ? { resolved } : { subscriptions },
    entitlement: resolved
      ? { module: subject, resolved }
      : {
          module: subject,
          addons: addons.filter((row) => sells(declared.addons[row.addon])),
          subscriptions: subscriptions.filter((row) => sells(declared.packages[row.package])),
        },
    module_grant: { module: subject },
    action: caller === null ? { permission } : { caller, entity },
  };
  return ({ layer, holds, facts }: Layer): boolean => {
    if (layer !== 'base' || resolved) return isDeepStrictEqual(facts, expected[layer]);
    const { base, ...rows } = facts;
    return (base !== null) === holds && isDeepStrictEqual(rows, expected.base);
  };
}
