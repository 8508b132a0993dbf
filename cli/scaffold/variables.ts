/** Words of the language, and names the rendered files have already. */
const TAKEN = new Set(
  (
    'abstract any arguments as async await boolean break case catch class const constructor continue debugger ' +
    'declare default delete do else enum eval export extends false finally for from function get if implements ' +
    'import in infer instanceof interface is keyof let module namespace never new null number object of package ' +
    'private protected public readonly require return set static string super switch symbol this throw true try ' +
    'type typeof undefined unique unknown var void while with yield ' +
    'collection definition defineModule manifest migrations named routes rows'
  ).split(' '),
);

/** The name of each entity's handlers in TypeScript, from its plural: `venue_deals` → `venueDeals`. Each its own. */
export function variablesOf(plurals: string[]): string[] {
  const names = plurals.map(camelCase);
  return names.map((name, index) =>
    TAKEN.has(name) || names.indexOf(name) !== names.lastIndexOf(name) ? `${plurals[index]!}_rows` : name,
  );
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_all, next: string) => next.toUpperCase());
}
