/** The import law: policies ← modules ← platform ← gateway ← cli. A folder imports what stands to its left. */

/** File → files it imports, both relative to the project's root, with `/`. */
export type ImportGraph = Map<string, string[]>;

/** What a module's own tests may stand on. */
const TEST_SUPPORT = ['test/support/', 'test/modules/support/'];

const ORDER = ['policies', 'modules', 'platform', 'gateway', 'cli'];

/** Systems stand beside the modules: same place in the order, same freedom. */
function rankOf(file: string): number {
  const room = file.split('/')[0]!;
  return room === 'systems' ? ORDER.indexOf('modules') : ORDER.indexOf(room);
}

/** The folder of one module or system: `modules/base/promoter`, `systems/checkout`. */
function ownFolder(file: string): string | undefined {
  return /^(?:modules\/(?:base|addons)|systems)\/[^/]+\//.exec(file)?.[0];
}

/** Every import that breaks the law, as `file → imported: why`. */
export function violations(graph: ImportGraph): string[] {
  const found: string[] = [];
  for (const [file, imports] of graph) {
    for (const imported of imports) {
      const why = breach(file, imported);
      if (why) found.push(`${file} → ${imported}: ${why}`);
    }
  }
  return [...found, ...cycles(graph)];
}

function breach(file: string, imported: string): string | undefined {
  const own = ownFolder(file);
  if (own) {
    const allowed = [own, 'modules/kit/', ...(file.endsWith('.test.ts') ? TEST_SUPPORT : [])];
    return allowed.some((folder) => imported.startsWith(folder))
      ? undefined
      : 'a module imports the kit and its own files only';
  }
  if (rankOf(imported) < 0) return 'it is outside the rooms';
  if (rankOf(imported) > rankOf(file)) return 'it looks to its right';
  if (ownFolder(imported)) return 'nobody imports a module';
  return undefined;
}

/** Each cycle once, found depth first. */
function cycles(graph: ImportGraph): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      found.push(`${[...path.slice(path.indexOf(file)), file].join(' → ')}: a cycle`);
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
