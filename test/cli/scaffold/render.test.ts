import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import * as prettier from 'prettier';
import ts from 'typescript';
import { parse } from 'yaml';
import { lockFiles } from '../../../cli/scaffold/lock.ts';
import type { Answers } from '../../../cli/scaffold/manifest-text.ts';
import { proseFaults } from '../../../cli/scaffold/prose.ts';
import { renderModule, type RenderedFile } from '../../../cli/scaffold/render.ts';
import { loadTemplate } from '../../../cli/scaffold/template.ts';
import { discoverManifests } from '../../../modules/manifest/discover.ts';
import { projectFile } from '../../../policies/root.ts';
import { answersWith, entity, manifestWith } from './tree.ts';

const HOSTILE = [
  '$$',
  `it's "so"`,
  'a\\b\\',
  '`${process.exit(1)}`',
  '*/ process.exit(1) /*',
  '{{key}} {{{key}}} {{#each this}}',
  '<script>alert(1)</script>',
  '<!-- x --> --> <!--',
  '# no heading',
  '- no item',
  '1. no number',
  '> no quote',
  '--- ',
  '---',
  '| a | table |',
  '[link](javascript:alert(1)) ![image](x)',
  '&lt;b&gt; &amp;',
  '*&!|>%@?:',
  'key: value #comment',
  'yes',
  'null',
  '0x1F',
  '__proto__',
  'constructor',
  'שלום عليكم',
  'ﬁ 😀 é',
].map((text) => text.trim());

const LONG = 'a'.repeat(40);
const SHAPES: [string, Partial<Answers>][] = [
  ['one entity without fields', { owns: [entity('deal')] }],
  ['every type', { owns: [entity(everyType())], reads: [{ entity: 'promoter.event', why: 'Why.' }] }],
  ['references in the wrong order', { owns: [entity('deal:contract_id=contract'), entity('contract')] }],
  ['an entity that points to itself', { owns: [entity('deal:parent_id=deal?')] }],
  ['the longest names', { key: LONG, owns: [entity(`${LONG}/${'b'.repeat(40)}:${'c'.repeat(40)}=money`)] }],
  ['words of JavaScript', { owns: [entity('class'), entity('collection/manifest'), entity('item/new')] }],
  ['names that become one', { owns: [entity('a1/a_1'), entity('b1/a1')] }],
  ['many entities', { owns: Array.from({ length: 12 }, (_, n) => entity(`thing_number_${n}`)) }],
  ['a base module', { type: 'base', owns: [entity('deal!shared')] }],
  ['rows of business units', { owns: [entity('deal!unit:amount=money'), entity('part!unit:deal_id=deal')] }],
  ['an add-on of one base', { soldWith: ['promoter', 'venue'] }],
];

function everyType(): string {
  const types = [
    'text',
    'text(80)',
    'integer',
    'integer(1..10)',
    'money',
    'currency',
    'date',
    'moment',
    'boolean',
  ];
  const more = ['choice(a|b)', 'open|signed', 'open>signed>void', 'deal', 'promoter.event'];
  return `deal:${[...types, ...more].map((type, n) => `field_${n}=${type}?!filter`).join(',')}`;
}

function rendered(given: Partial<Answers>): RenderedFile[] {
  const { manifest, text } = manifestWith(given);
  return renderModule(manifest, text);
}

function fileOf(files: RenderedFile[], path: string): string {
  return files.find((file) => file.path === path)!.content;
}

/** Faults of its grammar. */
function typescriptFaults({ path, content }: RenderedFile): string[] {
  const { parseDiagnostics } = ts.createSourceFile(path, content, ts.ScriptTarget.Latest) as unknown as {
    parseDiagnostics: ts.Diagnostic[];
  };
  return parseDiagnostics.map(({ messageText }) => `${path}: ${JSON.stringify(messageText)}`);
}

interface MarkdownNode {
  type: string;
  value?: string;
  children?: MarkdownNode[];
}

/** Blocks of a Markdown document by their text; HTML in it is not text. */
async function markdownBlocks(content: string): Promise<string[]> {
  const { __debug: debug } = prettier as unknown as {
    __debug: { parse: (text: string, options: object) => Promise<{ ast: MarkdownNode }> };
  };
  const { ast } = await debug.parse(content, { parser: 'markdown' });
  const leaves = new Set(['heading', 'paragraph', 'tableCell']);
  const blocks = (node: MarkdownNode): string[] =>
    leaves.has(node.type) ? [textOf(node)] : (node.children ?? []).flatMap(blocks);
  const textOf = (node: MarkdownNode): string => {
    if (node.type === 'html') return '<HTML>';
    return node.value ?? (node.children ?? []).map(textOf).join('');
  };
  return blocks(ast);
}

/** Every place where text of people stands, and whether it stands there as itself. */
async function expectInert(text: string): Promise<void> {
  const reads = [{ entity: 'promoter.event', why: text }];
  const files = rendered({ title: text, owner: text, purpose: text, mustNot: [text], reads });
  const yaml = parse(fileOf(files, 'module.yaml')) as {
    metadata: object;
    spec: { mustNot: string[]; data: { reads: object[] } };
  };
  expect(yaml.metadata).to.include({ title: text, owner: text, purpose: text });
  expect(yaml.spec.mustNot).to.deep.equal([text]);
  expect(yaml.spec.data.reads).to.deep.equal(reads);

  expect(JSON.parse(fileOf(files, 'openapi.json'))).to.deep.include({
    info: { title: text, version: '1', description: text },
  });

  for (const file of files.filter(({ path }) => path.endsWith('.ts'))) {
    expect(typescriptFaults(file)).to.deep.equal([]);
  }
  const test = ts.createSourceFile('', fileOf(files, 'market.test.ts'), ts.ScriptTarget.Latest);
  const describing = test.statements.at(-1) as unknown as { expression: { arguments: { text: string }[] } };
  expect(describing.expression.arguments[0]!.text).to.equal(text);

  const shown = await markdownBlocks(fileOf(files, 'MODULE.md'));
  const plain = await markdownBlocks(fileOf(rendered({ reads }), 'MODULE.md'));
  expect(shown).to.have.length(plain.length);
  const line = text.replace(/\s+/g, ' ');
  expect(shown[0]).to.equal(line);
  expect(shown).to.include.members([line, `It belongs to ${line}.`, `promoter.event: ${line}`]);
}

async function faultsOf(files: RenderedFile[]): Promise<string[]> {
  const faults = files.filter(({ path }) => path.endsWith('.ts')).flatMap(typescriptFaults);
  const style = (await prettier.resolveConfig(projectFile('package.json')))!;
  for (const { path, content } of files.filter((file) => !file.path.endsWith('.md'))) {
    const formatted = await prettier.format(content, { ...style, filepath: path });
    if (formatted !== content) faults.push(`${path} is not formatted`);
  }
  return faults;
}

describe('a rendered module', function () {
  this.timeout(60_000);

  for (const [what, given] of SHAPES) {
    it(`compiles and needs no formatting: ${what}`, async () => {
      const files = rendered(given);
      expect(files.map(({ path }) => path)).to.include.members(['index.ts', 'migrations.ts', 'MODULE.md']);
      expect(await faultsOf(files)).to.deep.equal([]);
    });
  }

  it('is so for every module there is', async () => {
    const found = discoverManifests().filter(({ manifest }) => manifest.type !== 'system');
    expect(found).to.have.length.greaterThan(7);
    for (const { manifest, folder } of found) {
      const files = renderModule(manifest, readFileSync(`${folder}/module.yaml`, 'utf8'));
      expect(await faultsOf(files), manifest.key).to.deep.equal([]);
    }
  });

  it('is the same bytes every time, sorted, each path once', () => {
    const [one, two] = [rendered({}), rendered({})];
    expect(one).to.deep.equal(two);
    const paths = one.map(({ path }) => path);
    expect(paths).to.deep.equal([...new Set(paths)].sort());
    const template = loadTemplate();
    expect(lockFiles(one, template)).to.deep.equal(lockFiles(two, template));
  });

  it('creates tables before what points to them', () => {
    const files = rendered({ owns: [entity('deal:contract_id=contract'), entity('contract')] });
    const sql = fileOf(files, 'migrations.ts');
    expect(sql.indexOf('create table contract')).to.be.lessThan(sql.indexOf('create table deal'));
    expect(sql).to.include(`down: ['drop table deal', 'drop table contract']`);
  });

  it('is refused when two entities point to each other', () => {
    const owns = [entity('deal:contract_id=contract'), entity('contract:deal_id=deal')];
    expect(() => rendered({ owns })).to.throw(/deal, contract point to each other/);
  });

  for (const text of HOSTILE) {
    it(`holds ${JSON.stringify(text)} as text and nothing else`, () => expectInert(text));
  }

  it('holds any text a person may give as text and nothing else', async () => {
    const sharp = fc.constantFrom(...'\'"`\\${}<>[]()*_#-+=|&~!:;,.?%@^/ a1');
    const anyText = fc
      .oneof(fc.string({ unit: sharp, maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }))
      .map((text) => text.trim())
      .filter((text) => proseFaults(text).length === 0);
    await fc.assert(fc.asyncProperty(anyText, expectInert), { numRuns: 150 });
  });

  it('is not made from text that is not what it looks like', () => {
    const hidden = [
      'a\u202eb',
      'a\u200bb',
      'a\u0000b',
      'a\u001bb',
      'a\nb',
      'a\u2028b',
      '\ud800',
      ' ',
      'x'.repeat(401),
    ];
    for (const text of hidden) expect(proseFaults(text), JSON.stringify(text)).to.not.be.empty;
    expect(answersWith().title).to.satisfy((text: string) => proseFaults(text).length === 0);
  });
});
