import { targetOf, type Target } from '../imports.ts';
import { isTestFile } from '../source.ts';
import { anyOf, inBoth, inCode, rule, type StaticRule } from '../rule.ts';

const WAYS_OUT = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'navigator'];
const CODE_MAKERS = ['eval', 'Function', 'require', 'WebAssembly', 'globalThis', 'global'];
const KIT = 'modules/kit/index.ts';

/** An import that leads to one of `targets`. */
function importing(targets: Target[], why: string): StaticRule['examine'] {
  return inCode('import', ({ from }, file, module) =>
    targets.includes(targetOf(module, file, from)) ? `imports ${from}: ${why}` : undefined,
  );
}

/** A use of the machine's own names. */
function using(names: string[], why: string): StaticRule['examine'] {
  return inCode('member', ({ path: [first = ''], global }) =>
    global && names.includes(first) ? `uses ${first}: ${why}` : undefined,
  );
}

export const BOUNDARIES: StaticRule[] = [
  rule(
    'B01',
    {
      title: 'A module imports its own files and the kit',
      why: 'What it imports besides comes past the one door every module has, and nobody has looked at it.',
      fix: `Import from the module's own folder or from ${KIT}; what is missing there is added to the kit`,
    },
    inCode('import', ({ from, typesOnly }, file, module) => {
      const target = targetOf(module, file, from);
      // A package's types run nothing.
      const isOut = target === 'elsewhere' || (target === 'package' && !typesOnly);
      if (target === 'own' && isTestFile(from))
        return `imports ${from}: what rules ask of code, they ask of no test`;
      return isOut ? `imports ${from}: a module imports its own files and the kit only` : undefined;
    }),
  ),
  rule(
    'B02',
    {
      title: 'A module imports no other module',
      why: "Another module's code knows no company and no permission of this request, and changes without asking.",
      fix: 'Declare the entity in spec.data.reads and ask for it: request.base.get("<module>.<entity>", id)',
    },
    inBoth('import', ({ from }, file, module) =>
      targetOf(module, file, from) === 'sibling'
        ? `imports ${from}, which belongs to another module`
        : undefined,
    ),
  ),
  rule(
    'B03',
    {
      title: 'All code of a module is there to be read',
      why: 'What is computed, compiled or started at run time escapes every other rule.',
      fix: 'Import by a literal name; leave out eval, new Function, createRequire, vm, child processes and workers',
    },
    anyOf(
      inCode('computed import', () => 'imports what only a run can tell'),
      importing(['code'], 'it runs code that no rule has read'),
      using(CODE_MAKERS, 'it reaches code that no rule has read'),
      inCode('call', ({ path }) =>
        path.length > 1 && path.at(-1) === 'constructor'
          ? 'calls a constructor by way of a value'
          : undefined,
      ),
    ),
  ),
  rule(
    'B04',
    {
      title: 'A module opens no connection of its own',
      why: 'A call past the kit carries no identity, no time limit and no record.',
      fix: 'Read other modules by request.base; a system outside the platform is spoken to by the kit',
    },
    anyOf(importing(['network'], 'a connection of its own'), using(WAYS_OUT, 'a connection of its own')),
  ),
  rule(
    'B05',
    {
      title: 'A module knows nothing of the process it runs in',
      why: "The environment holds every part's secrets, and a module that ends or changes the process ends it for all.",
      fix: 'Leave process and its kind out; what a module needs to know is in its manifest',
    },
    anyOf(
      importing(['machine'], 'it speaks of the process or the machine'),
      inCode('member', ({ path: [first, second], global }) =>
        global && first === 'process' && second !== 'stdout' && second !== 'stderr'
          ? `uses ${['process', second].filter(Boolean).join('.')}`
          : undefined,
      ),
    ),
  ),
  rule(
    'B06',
    {
      title: 'A module names no address but its own and those it declares',
      why: 'An address in the code is a call that the manifest, and so everyone who reads it, does not know of.',
      fix: 'Read other modules by request.base; declare an outside system with its host in spec.integrations',
    },
    inCode('text', ({ text }, _file, { key, manifest }) => {
      const path = [...text.matchAll(/\/api\/([a-z][a-z0-9_]*)/g)].find(([, module]) => module !== key);
      if (path) return `names ${path[0]}, an address of another module`;
      const hosts = (manifest?.integrations ?? []).map(({ host }) => host);
      const [address] = /\b(?:https?|wss?):\/\/[^/\s'"`?#]*/.exec(text) ?? [];
      return address === undefined || hosts.includes(address)
        ? undefined
        : `names ${address}, which no integration declares`;
    }),
  ),
  rule(
    'B07',
    {
      title: 'A module keeps nothing in files',
      why: 'A file belongs to no company, is on one machine only, and is in no backup of the data.',
      fix: "Keep data in the module's own tables",
    },
    importing(['files'], 'data belongs in the tables'),
  ),
];
