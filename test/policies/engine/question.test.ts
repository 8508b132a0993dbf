import { expect } from 'chai';
import { encodeQuestion } from '../../../policies/engine/question.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';

const LIMIT = 100_000;
const decode = (bytes: ArrayBuffer): unknown => JSON.parse(new TextDecoder().decode(bytes));

describe('a question', () => {
  for (const text of [
    'plain',
    '😀 pair',
    '\\ud800 spelled out',
    '\\\\',
    '"quoted"',
    '\u0000',
    'ключ',
    '{[{[{[',
  ]) {
    it(`passes ${JSON.stringify(text)} unchanged`, () => {
      const question = { [text]: [text] };
      expect(decode(encodeQuestion(question, LIMIT))).to.deep.equal(question);
    });
  }

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const bad: [string, object][] = [
    ['half a pair at the end', { route: 'x\ud83d' }],
    ['half a pair at the start', { route: '\ude00x' }],
    ['half a pair behind a backslash', { route: '\\\ud83d' }],
    ['half a pair in a key', { '\ud83d': 1 }],
    ['half a pair in a list', { modules: ['a', ['\udfff']] }],
    ['too many bytes', { route: 'x'.repeat(LIMIT) }],
    ['too many bytes in few letters', { route: '😀'.repeat(LIMIT / 3) }],
    ['too deep a nesting', nested(2000)],
    ['a nesting that breaks the writer', nested(200_000)],
    ['a circle', cyclic],
    ['a list', []],
    ['nothing', undefined as unknown as object],
    ['null', null as unknown as object],
    ['a number beyond JSON', { route: 1n }],
  ];
  for (const [name, question] of bad) {
    it(`refuses ${name}`, () => {
      expect(() => encodeQuestion(question, LIMIT))
        .to.throw(PolicyFailure)
        .with.property('kind', 'input');
    });
  }

  it('passes long lists that do not nest', () => {
    const question = { modules: Array.from({ length: 1000 }, (_, index) => `module_${index}`) };
    expect(decode(encodeQuestion(question, LIMIT))).to.deep.equal(question);
  });
});

function nested(depth: number): object {
  let value: object = {};
  for (let level = 0; level < depth; level += 1) value = { value };
  return value;
}
