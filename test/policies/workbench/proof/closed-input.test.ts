import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadBundle } from '../../../../policies/engine/bundle.ts';
import { findOpenInputIn } from '../../../../policies/workbench/proof/bundle-rules.ts';
import { findOpenInput } from '../../../../policies/workbench/proof/closed-input.ts';
import { WorkbenchError } from '../../../../policies/workbench/run.ts';
import { withCompiler } from '../../compiler.ts';
import { openTree, type PolicyTree } from '../../tree.ts';

/** A rule, and what is said of it. */
const REACHING: [rule: string, message: string][] = [
  ['value := input', 'input as a whole: read its fields by name'],
  ['value := {"a": input.access}', 'input.access as a whole: read its fields by name'],
  ['value := input[field] if some field in ["route"]', 'input[…] by a name that is worked out'],
  ['value(name) := input.access[name]', 'input.access[…] by a name that is worked out'],
  ['value := input.company', 'input.company is not in the schema'],
  ['value := input.access.membership.role', 'input.access.membership.role is not in the schema'],
  ['value := input.access.addons[0].status', 'input.access.addons[0]: rows have no order'],
  [
    'value if {\n\tsome place, _ in input.access.addons\n\tplace == 0\n}',
    'the number of a row is read: rows have no order',
  ],
  ['value := count(input.access.addons)', 'count over rows of the input: their number has no bound'],
  ['value if {\n\tsome row in input.access.addons\n\trow.paused\n}', 'row.paused is no field of any schema'],
  ['value := object.get(input, "company", null)', 'object.get on input: read the field by its name'],
  [
    'value := [it | some row in input.access.addons; it := object.get(row, "paused", 1)]',
    'object.get of a field no schema lists',
  ],
  ['value := [it | walk(input.access.addons, it)]', 'walk sees fields nobody listed'],
  ['value := json.filter(input.caller, ["x"])', 'json.filter sees fields nobody listed'],
  ['value := object.keys(input.caller)', 'object.keys sees fields nobody listed'],
  ['value := time.now_ns()', 'time.now_ns does not depend on the question alone'],
  ['value := rand.intn("x", 2)', 'rand.intn does not depend on the question alone'],
  ['value := data.secrets.x', 'data.secrets is nothing the policy is given'],
  ['value := data[input.route]', 'data as a whole, or by a name that is worked out'],
  ['value := data.catalog.routes[input.route].owner', 'data.catalog.routes.….owner is not in the schema'],
];

describe('closed input', function () {
  const compiler = withCompiler(this);
  let policies: string;

  let tree: PolicyTree;

  beforeEach(() => {
    tree = openTree();
    ({ policies } = tree);
  });
  afterEach(() => tree.remove());

  const found = () => findOpenInput({ policies, opa: compiler.opa });

  it('is all that the rules read, in the checkout and in the bundle', async () => {
    expect(await found()).to.deep.equal([]);
    expect(await findOpenInputIn((await loadBundle()).files)).to.deep.equal([]);
  });

  it('is left by each way to read more, and the place is named', async () => {
    const file = (index: number): string => `kisum/reaching_${index}.rego`;
    for (const [index, [rule]] of REACHING.entries()) {
      await writeFile(join(policies, file(index)), `package kisum.reaching_${index}\n\n${rule}\n`);
    }
    const all = await found();
    for (const [index, [rule, message]] of REACHING.entries()) {
      const first = all.find((it) => it.file === file(index));
      expect(first?.message, rule).to.equal(message);
      expect(first?.line, rule).to.be.within(3, 6);
    }
  });

  it('is left by a private name for a part of it', async () => {
    await writeFile(
      join(policies, 'kisum/alias.rego'),
      'package kisum.alias\n\nimport input.access as facts\n\nvalue := facts.secret\n',
    );
    expect((await found()).map(({ message }) => message)).to.include(
      'input.access is imported: read each field where it is used',
    );
  });

  it('allows a parameter as a name where every call gives one, and only then', async () => {
    const rules = (call: string) =>
      `package kisum.effective.more\n\nvalue := ${call}\n\n_has(flag) if input.caller[flag] == true\n`;
    const write = (call: string) => writeFile(join(policies, 'kisum/more.rego'), rules(call));
    await write('_has("same_company")');
    expect(await found()).to.deep.equal([]);
    await write('_has("superuser")');
    expect((await found()).map(({ message }) => message)).to.deep.equal([
      'input.caller.superuser is not in the schema',
    ]);
    await write('_has(input.route)');
    expect((await found()).map(({ message }) => message)).to.deep.equal([
      'input.caller[…] by a name that is worked out',
    ]);
  });

  it('is not said of a schema that leaves room, nor of a field the proof does not vary', async () => {
    const file = join(policies, 'schemas/input.json');
    const schema = JSON.parse(await readFile(file, 'utf8'));
    delete schema.properties.caller.additionalProperties;
    schema.properties.weather = { type: 'string' };
    schema.properties.access.properties.membership.properties.status.enum.push('retired');
    await writeFile(file, JSON.stringify(schema));
    expect((await found()).map(({ file: at, message }) => `${at}: ${message}`)).to.deep.equal([
      'schemas/input.json: input.caller may hold more than is listed',
      'schemas/input.json: the proof never gives access.membership.status the value "retired"',
      'schemas/input.json: the proof does not vary weather',
    ]);
  });

  it('cannot be said where there are no rules, or rules that do not parse', async () => {
    await writeFile(join(policies, 'kisum/broken.rego'), 'package kisum.broken\n\nvalue :=\n');
    expect(await found().catch((error: unknown) => error)).to.be.instanceOf(WorkbenchError);
    await rm(join(policies, 'kisum'), { recursive: true });
    await rm(join(policies, 'system'), { recursive: true });
    expect(await found().catch((error: unknown) => error)).to.be.instanceOf(Error);
  });
});
