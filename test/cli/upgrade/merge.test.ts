import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { FileClass } from '../../../cli/scaffold/template.ts';
import { mergeFile, type OnConflict, type Sides } from '../../../cli/upgrade/merge.ts';

const BASE = 'one\ntwo\nthree\nfour\nfive\n';
const MINE = BASE.replace('two', 'two, mine');
const NEXT = BASE.replace('four', 'four, new');

describe('merging one file of a module', () => {
  const merged: [string, FileClass, Sides, string | undefined][] = [
    ['takes the new text where nothing was edited', 'seeded', { base: BASE, mine: BASE, next: NEXT }, NEXT],
    ['keeps an edit the template does not touch', 'seeded', { base: BASE, mine: MINE, next: BASE }, MINE],
    [
      'joins an edit and a change in different places',
      'seeded',
      { base: BASE, mine: MINE, next: NEXT },
      MINE.replace('four', 'four, new'),
    ],
    ['is calm when both say the same', 'seeded', { base: BASE, mine: MINE, next: MINE }, MINE],
    [
      'creates a file that is new in the template',
      'seeded',
      { base: undefined, mine: undefined, next: NEXT },
      NEXT,
    ],
    ['lets a deleted file be deleted', 'seeded', { base: BASE, mine: undefined, next: NEXT }, undefined],
    ['makes a deleted managed file again', 'managed', { base: BASE, mine: undefined, next: NEXT }, NEXT],
    [
      'takes away what the template dropped',
      'managed',
      { base: BASE, mine: BASE, next: undefined },
      undefined,
    ],
    [
      'keeps what the template dropped and somebody edited',
      'seeded',
      { base: BASE, mine: MINE, next: undefined },
      MINE,
    ],
    ['never touches a file of class once', 'once', { base: BASE, mine: MINE, next: NEXT }, MINE],
    [
      'creates a file of class once that is new',
      'once',
      { base: undefined, mine: undefined, next: NEXT },
      NEXT,
    ],
    ['lets a deleted file of class once be', 'once', { base: BASE, mine: undefined, next: NEXT }, undefined],
    [
      'keeps the line ends a file has',
      'seeded',
      { base: BASE, mine: BASE.replaceAll('\n', '\r\n'), next: NEXT },
      NEXT.replaceAll('\n', '\r\n'),
    ],
  ];
  for (const [what, kind, sides, content] of merged) {
    it(what, () => expect(mergeFile(kind, sides, 'abort')).to.deep.equal({ content, conflict: false }));
  }

  const theirs = BASE.replace('two', 'two, theirs').replace('five', 'five, theirs');
  const chosen: [OnConflict, string][] = [
    ['ours', MINE.replace('five', 'five, theirs')],
    ['theirs', theirs],
  ];
  for (const [onConflict, content] of chosen) {
    it(`resolves a conflict as ${onConflict}, and only the conflict`, () => {
      const sides = { base: BASE, mine: MINE, next: theirs };
      expect(mergeFile('seeded', sides, onConflict)).to.deep.equal({ content, conflict: true });
    });
  }

  it('writes the marks that git merge-file --diff3 writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kisum-merge-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const labels = ['this module', 'the template before', 'the template now'].flatMap((label) => [
      '-L',
      label,
    ]);
    const files = [file('mine', MINE), file('base', BASE), file('next', theirs)];
    let git = '';
    try {
      execFileSync('git', ['merge-file', '-p', '--diff3', ...labels, ...files]);
    } catch (error) {
      git = (error as { stdout: Buffer }).stdout.toString();
    }
    expect(git).to.include('|||||||');
    expect(mergeFile('seeded', { base: BASE, mine: MINE, next: theirs }, 'inline').content).to.equal(git);
  });

  describe('laws', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 12 })
      .map((all) => all.join('\n'));
    const kinds = fc.constantFrom<FileClass>('managed', 'seeded');

    it('nothing edited: the result is the new template, without conflict', () => {
      fc.assert(
        fc.property(kinds, text, text, (kind, base, next) => {
          const result = mergeFile(kind, { base, mine: base, next }, 'abort');
          expect(result).to.deep.equal({ content: next, conflict: false });
        }),
      );
    });

    it('nothing new in the template: the module stays as it is', () => {
      fc.assert(
        fc.property(kinds, text, text, (kind, base, mine) => {
          const result = mergeFile(kind, { base, mine, next: base }, 'abort');
          expect(result).to.deep.equal({ content: mine, conflict: false });
        }),
      );
    });

    it('no line of an edit is lost: it stands in the result, between marks or not', () => {
      fc.assert(
        fc.property(text, text, text, (base, mine, next) => {
          const { content = '' } = mergeFile('seeded', { base, mine, next }, 'inline');
          const known = new Set(base.split('\n'));
          const own = mine.split('\n').filter((line) => !known.has(line));
          expect(content.split('\n')).to.include.members(own);
        }),
      );
    });
  });
});
