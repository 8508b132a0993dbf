import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { projectFile } from '../policies/root.ts';
import { violations, type ImportGraph } from './support/import-law.ts';

const ROOMS = ['policies', 'modules', 'systems', 'platform', 'gateway', 'cli'];

function sources(room: string): string[] {
  return readdirSync(projectFile(room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => relative(projectFile(), projectFile(room, name)).split(sep).join('/'));
}

/** Static, type-only, re-exporting and literal dynamic imports, as the compiler itself sees them. */
function readGraph(): ImportGraph {
  const files = ROOMS.flatMap(sources);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(projectFile(file), 'utf8'), true, true);
      const local = importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith('.'));
      return [
        file,
        local.map((name) => posix.join(posix.dirname(file), name)).filter((it) => it.endsWith('.ts')),
      ];
    }),
  );
}

describe('the import law', () => {
  const graph = readGraph();

  it('examined every room', () => {
    for (const room of ROOMS) {
      const files = [...graph.keys()].filter((file) => file.startsWith(`${room}/`));
      expect(files, room).to.not.be.empty;
    }
    const imports = [...graph.values()].flat();
    expect(imports.length).to.be.greaterThan(graph.size);
    for (const file of imports.filter((it) => !it.startsWith('test/')))
      expect(graph.has(file), `${file} is imported and was examined`).to.equal(true);
  });

  it('holds', () => expect(violations(graph)).to.deep.equal([]));

  const broken: [string, Record<string, string[]>][] = [
    ['looking to the right', { 'policies/a.ts': ['gateway/b.ts'], 'gateway/b.ts': [] }],
    ['a module importing a sibling', { 'modules/addons/x/a.ts': ['modules/base/y/b.ts'] }],
    ['a module importing the platform', { 'modules/base/x/a.ts': ['platform/b.ts'] }],
    ['a system importing a manifest', { 'systems/x/a.ts': ['modules/manifest/b.ts'] }],
    ['the gateway importing a module', { 'gateway/a.ts': ['modules/base/x/b.ts'] }],
    ['a module importing tests', { 'modules/base/x/a.ts': ['test/support/b.ts'] }],
    ["a module's test importing the platform", { 'modules/base/x/x.test.ts': ['platform/b.ts'] }],
    ["a module's test importing others' tests", { 'modules/base/x/x.test.ts': ['test/gateway/b.ts'] }],
    ['the kit importing tests', { 'modules/kit/a.ts': ['test/b.ts'] }],
    ['a cycle', { 'cli/a.ts': ['cli/b.ts'], 'cli/b.ts': ['cli/c.ts'], 'cli/c.ts': ['cli/a.ts'] }],
  ];
  it("lets a module's own tests stand on the test support", () => {
    const files = { 'modules/base/x/x.test.ts': ['test/support/a.ts', 'test/modules/support/b.ts'] };
    expect(violations(new Map(Object.entries(files)))).to.deep.equal([]);
  });
  for (const [what, files] of broken) {
    it(`catches ${what}`, () => expect(violations(new Map(Object.entries(files)))).to.have.length(1));
  }
});

describe('the rooms', () => {
  it('speak of themselves alone: no absolute path of a machine in any source', () => {
    const files = [...ROOMS, 'test', 'bench'].flatMap(sources);
    expect(files.length).to.be.greaterThan(100);
    const paths = new RegExp(`(?:["'\`]|\\s)/(?:${['work', 'home', 'root'].join('|')})/`);
    const naming = files.filter((file) => paths.test(readFileSync(join(projectFile(), file), 'utf8')));
    expect(naming).to.deep.equal([]);
  });
});
