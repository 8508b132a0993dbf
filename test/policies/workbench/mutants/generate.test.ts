import { expect } from 'chai';
import { mutantsOf } from '../../../../policies/workbench/mutants/generate.ts';

const PACKAGE = 'package kisum.small\n\nimport data.kisum.other\n\n';

/** What one operator makes of a rule: the changed lines, on one line each. */
function made(operator: string, rules: string): string[] {
  const mutants = mutantsOf('kisum/small/small.rego', `${PACKAGE}${rules}\n`);
  return mutants
    .filter((mutant) => mutant.operator === operator)
    .map(({ after }) => after.replace(/\s+/g, ' '));
}

describe('mutants of a rule', () => {
  it('negate: a condition becomes its opposite, also inside a comprehension', () => {
    expect(made('negate', 'a if {\n\tinput.x == 1\n\tnot input.y\n}')).to.deep.equal([
      'not input.x == 1',
      'input.y',
    ]);
    expect(made('negate', 'a := [x | some x in input.xs; x > 1]')).to.deep.equal([
      'a := [x | some x in input.xs; not x > 1]',
    ]);
    expect(made('negate', 'a if {\n\tevery x in input.xs {\n\t\tx > 1\n\t}\n}')).to.deep.equal(['not x > 1']);
  });

  it('drop-condition: a condition goes, iteration and naming stay', () => {
    const rule = 'a if {\n\tsome x in input.xs\n\ty := x.y\n\ty == 1\n\tinput.z\n}';
    expect(made('drop-condition', rule)).to.deep.equal(['true', 'true']);
    expect(made('drop-condition', 'a := 1 if input.x')).to.deep.equal(['a := 1 if true']);
  });

  it('drop-all-conditions: only where there are several', () => {
    expect(made('drop-all-conditions', 'a if {\n\tinput.x\n\tinput.y\n}')).to.deep.equal(['a if true']);
    expect(made('drop-all-conditions', 'a if input.x')).to.deep.equal([]);
  });

  it('drop-with: the question is asked of the facts as they are', () => {
    const rule = 'a if {\n\tother.b with input.x as 1\n\t\twith input.y as 2\n}';
    expect(made('drop-with', rule)).to.deep.equal(['other.b', '']);
  });

  it('flip-comparison', () => {
    expect(made('flip-comparison', 'a if {\n\tinput.x == 1\n\tinput.y < 2\n}')).to.deep.equal([
      'input.x != 1',
      'input.y >= 2',
    ]);
  });

  it('drop-branch: each branch never holds, the last one is gone', () => {
    expect(made('drop-branch', 'a := 1 if input.x\n\nelse := 2 if input.y\n\nelse := 3')).to.deep.equal([
      'a := 1 if false',
      'else := 2 if false',
      '',
    ]);
    expect(made('drop-branch', 'a := 1 if input.x')).to.deep.equal([]);
  });

  it('swap-branches: neighbours with conditions, whatever they evaluate to', () => {
    expect(made('swap-branches', 'a := 1 if input.x\n\nelse := 2 if input.y\n\nelse := 3')).to.deep.equal([
      'a := 2 if input.y else := 1 if input.x',
    ]);
    expect(made('swap-branches', 'f(x) if input[x]\n\nelse if {\n\tx == 1\n}')).to.deep.equal([
      'f(x) if { x == 1 } else if input[x]',
    ]);
  });

  it('drop-rule: only where another of that name remains', () => {
    expect(made('drop-rule', 'a if input.x\n\na if input.y\n\nb if input.z')).to.deep.equal(['', '']);
    expect(made('drop-rule', 'default a := false\n\na if input.x')).to.deep.equal(['', '']);
  });

  it('widen-default: the opposite, or whatever the rule says elsewhere', () => {
    expect(made('widen-default', 'default a := false\n\na if input.x')).to.deep.equal(['default a := true']);
    expect(made('widen-default', 'default a := null\n\na := 1 if input.x')).to.deep.equal([
      'default a := ""',
    ]);
    const words = 'default a := "shut"\n\na := "open" if input.x\n\nelse := "ajar" if input.y';
    expect(made('widen-default', words)).to.deep.equal(['default a := "open"', 'default a := "ajar"']);
  });

  it('swap-field: fields that are easily taken for each other, never names', () => {
    expect(made('swap-field', 'a if module in input.access.modules')).to.deep.equal([
      'a if module in input.access.permissions',
    ]);
    expect(made('swap-field', 'a if input.access.addons[data.catalog.addons].started')).to.deep.equal([
      'a if input.access.subscriptions[data.catalog.addons].started',
      'a if input.access.addons[data.catalog.packages].started',
      'a if input.access.addons[data.catalog.addons].ended',
    ]);
  });

  it('swap-string: the next constant of the file, keys left alone', () => {
    expect(made('swap-string', 'a := {"key": "one"} if input.x == "two"')).to.deep.equal([
      'a := {"key": "two"} if input.x == "two"',
      'a := {"key": "one"} if input.x == "one"',
    ]);
  });

  it('swap-rule: the next rule of the file that takes as much', () => {
    const rules = 'a if b\n\nb if input.x\n\nf(x) if g(x)\n\ng(x) if input.y[x]';
    expect(made('swap-rule', rules)).to.deep.equal(['a if a', 'f(x) if f(x)']);
  });

  it('flip-boolean and next-number', () => {
    expect(made('flip-boolean', 'a := {"x": true} if input.y == false')).to.deep.equal([
      'a := {"x": false} if input.y == false',
      'a := {"x": true} if input.y == true',
    ]);
    expect(made('next-number', 'a if count(input.xs) == 1')).to.deep.equal(['a if count(input.xs) == 2']);
  });

  it('drop-entry and add-entry: of lists, and of tables of constants', () => {
    expect(made('drop-entry', 'a := {"GET": true, "HEAD": true}')).to.deep.equal([
      'a := {"HEAD": true}',
      'a := {"GET": true}',
    ]);
    expect(made('drop-entry', 'a := ["x", "y"]')).to.deep.equal(['a := ["y"]', 'a := ["x"]']);
    expect(made('drop-entry', 'a := {"x": input.x, "y": input.y}')).to.deep.equal([]);
    expect(made('add-entry', 'a := {"active": true, "trial": true, "past_due": true}')).to.deep.equal([
      'a := {"cancelled": true, "active": true, "trial": true, "past_due": true}',
      'a := {"expired": true, "active": true, "trial": true, "past_due": true}',
    ]);
  });

  it('drop-operand: unsorted, and one of two things that were joined', () => {
    expect(made('drop-operand', 'a := sort(input.x)')).to.deep.equal(['a := input.x']);
    expect(made('drop-operand', 'a := array.concat(input.x, array.concat([1], input.z))')).to.deep.equal([
      'a := input.x',
      'a := array.concat([1], input.z)',
      'a := array.concat(input.x, [1])',
      'a := array.concat(input.x, input.z)',
    ]);
  });

  it('empty-comprehension: nothing is collected', () => {
    expect(made('empty-comprehension', 'a := {x |\n\tsome x in input.xs\n}')).to.deep.equal([
      'a := {x | false;',
    ]);
  });
});

describe('the id of a mutant', () => {
  const before = 'a if {\n\tinput.x\n\tinput.y\n}';
  const ids = (rules: string) =>
    mutantsOf('kisum/small/small.rego', `${PACKAGE}${rules}\n`).map(({ id }) => id);

  it('says the rule, the operator and which one', () => {
    expect(ids(before)).to.include('kisum.small.a:negate:2');
    expect(ids('a if input.x\n\na if input.y')).to.include('kisum.small.a.2:negate:1');
  });

  it('stays when something else is edited', () => {
    expect(ids(`# A comment.\nb if input.z\n\n${before}`)).to.include.members(ids(before));
  });

  it('is given once, and no two mutants are the same text', () => {
    const rules = 'default a := false\n\na if input.x == true\n\na if not input.y\n\nelse if input.z';
    const mutants = mutantsOf('kisum/small/small.rego', `${PACKAGE}${rules}\n`);
    expect(new Set(mutants.map(({ id }) => id)).size).to.equal(mutants.length);
    expect(new Set(mutants.map(({ change }) => JSON.stringify(change))).size).to.equal(mutants.length);
  });

  it('comes with the place and the line before and after', () => {
    const [first] = mutantsOf('kisum/small/small.rego', `${PACKAGE}${before}\n`);
    expect(first).to.include({
      file: 'kisum/small/small.rego',
      line: 6,
      before: 'input.x',
      after: 'not input.x',
    });
  });
});
