import { expect } from 'chai';
import type { Change, Row } from '../../../modules/kit/change.ts';
import type { ModuleError } from '../../../modules/kit/errors.ts';
import { frozen, inOrder, needs } from '../../../modules/kit/rules.ts';

/** What a rule says of a change, or nothing. */
function said(rule: () => void): string | undefined {
  try {
    rule();
  } catch (error) {
    const { code, message, fields } = error as ModuleError;
    return `${code}: ${fields ? JSON.stringify(fields) : message}`;
  }
  return undefined;
}

function change(before: Row | undefined, body: Row | undefined): Change {
  const after = body && { ...before, ...body };
  return { before, after, request: { body: body ?? {} } } as unknown as Change;
}

describe('laws that many entities share', () => {
  it('frozen: in its states nothing but the state changes, and nothing is deleted', () => {
    const rule = frozen('deal', 'agreed', 'void');
    const of = (status: string, body: Row | undefined) =>
      said(() => rule(change({ status, price: '1' }, body)));
    expect(said(() => rule(change(undefined, { status: 'agreed' })))).to.equal(undefined);
    expect(of('draft', { price: '2' })).to.equal(undefined);
    expect(of('draft', undefined)).to.equal(undefined);
    expect(of('agreed', { status: 'void' })).to.equal(undefined);
    expect(of('agreed', { price: '1' })).to.equal('conflict: an agreed deal does not change');
    expect(of('agreed', { status: 'void', price: '2' })).to.equal('conflict: an agreed deal does not change');
    expect(of('void', undefined)).to.equal('conflict: a void deal does not change');
  });

  it('inOrder: an end, as text or as it was stored, is not before its start', () => {
    const of = (from: unknown, to: unknown) =>
      said(() => inOrder(change(undefined, { from_date: from, to_date: to }), 'from_date', 'to_date'));
    const fault = 'validation_error: {"to_date":"is before from_date"}';
    expect(of('2027-06-18', '2027-06-18')).to.equal(undefined);
    expect(of('2027-06-18', null)).to.equal(undefined);
    expect(of('2027-06-18', '2027-06-17')).to.equal(fault);
    expect(of(new Date('2027-06-18T20:00:00Z'), '2027-06-18T20:30:00+01:00')).to.equal(fault);
    expect(of(new Date('2027-06-18T20:00:00Z'), '2027-06-18T21:00:00+01:00')).to.equal(undefined);
    expect(said(() => inOrder(change({}, undefined), 'from_date', 'to_date'))).to.equal(undefined);
  });

  it('needs: every missing value is named at once; nothing and false are values of their own', () => {
    expect(said(() => needs({ a: 0, b: false, c: '' }, ['a', 'b', 'c'], 'so'))).to.equal(undefined);
    expect(said(() => needs({ a: null }, ['a', 'b'], 'it is signed'))).to.equal(
      'validation_error: {"a":"is missing: it is signed","b":"is missing: it is signed"}',
    );
  });
});
