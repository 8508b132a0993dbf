import { rmSync } from 'node:fs';
import { expect } from 'chai';
import { checkPolicies } from '../../../policies/workbench/check.ts';
import { measureCoverage } from '../../../policies/workbench/coverage.ts';
import { formatPolicies } from '../../../policies/workbench/format.ts';
import type { Place } from '../../../policies/workbench/place.ts';
import { WorkbenchError } from '../../../policies/workbench/run.ts';
import { runTests } from '../../../policies/workbench/tests.ts';
import { regoFiles } from '../../../policies/workbench/trees.ts';
import { checkTypes } from '../../../policies/workbench/types.ts';
import { withTools } from '../compiler.ts';
import { openTree, type PolicyTree } from '../tree.ts';

const GRANT = 'kisum/grant/grant.rego';
const GRANT_TEST = 'kisum/grant/grant_test.rego';

describe('the policies, held to their tools', function () {
  const tools = withTools(this, ['opa', 'regal']);
  let tree: PolicyTree;
  const place = (): Place => ({ policies: tree.policies, opa: tools.opa });

  beforeEach(() => (tree = openTree()));
  afterEach(() => tree.remove());

  it('hold: format, types, tests, coverage and lint', async () => {
    const { findings, tests, coverage, files, skipped } = await checkPolicies();
    expect(findings).to.deep.equal([]);
    expect(skipped).to.deep.equal([]);
    expect(tests).to.be.greaterThan(50);
    expect(coverage).to.be.at.least(98);
    expect(files).to.equal((await regoFiles(tree.policies)).length);
  });

  it('what does not parse is told with its place, and nothing else is tried', async () => {
    tree.edit(GRANT, 'default module := false', 'default module := := false');
    const { findings, skipped, tests } = await checkPolicies({ policies: tree.policies });
    expect(findings[0]).to.include({ rule: 'opa/check', package: 'kisum.grant', file: `policies/${GRANT}` });
    expect(findings[0]!.message).to.match(/rego_parse_error/);
    expect(lineOf(GRANT, 'default module')).to.equal(findings[0]!.line);
    expect(skipped).to.include('tests');
    expect(tests).to.equal(0);
  });

  it('each tool alone says why it cannot work', async () => {
    tree.edit(GRANT, 'default module := false', 'default module := := false');
    const runs = await Promise.all([formatPolicies(place(), { write: true }), runTests(place())]);
    for (const { findings } of runs) expect(findings[0]!.rule).to.equal('opa/check');
    expect(await measureCoverage(place())).to.equal(null);
  });

  it('a field no schema knows is found, with its line', async () => {
    tree.edit(GRANT, 'input.access.permissions', 'input.acess.permissions');
    const [found, ...more] = await checkTypes(place());
    expect(more).to.deep.equal([]);
    expect(found!.message).to.match(/undefined ref: input\.acess.*rego_type_error/s);
    expect(found!.line).to.equal(lineOf(GRANT, 'input.acess'));
  });

  it('a builtin the compiled form does not have is found in a rule, and not in a test', async () => {
    tree.edit(GRANT_TEST, 'test_granted if {', 'test_granted if {\n\ttime.now_ns() > 0');
    expect(await checkTypes(place())).to.deep.equal([]);
    tree.edit(GRANT, 'module if enters', 'module if time.now_ns() == 1\n\nmodule if enters');
    expect((await checkTypes(place()))[0]!.message).to.include('undefined function time.now_ns');
  });

  it('a test that fails is told with the line that did not hold and its values', async () => {
    tree.edit('kisum/route/route_test.rego', '_access(id) == "unknown"', '_access(id) == "unknwn"');
    const { tests, findings } = await runTests(place());
    expect(findings).to.have.length(1);
    const { file, line, message, rule } = findings[0]!;
    expect({ file, line, rule }).to.deep.equal({
      file: 'policies/kisum/route/route_test.rego',
      line: lineOf('kisum/route/route_test.rego', '"unknwn"'),
      rule: 'opa/test',
    });
    expect(message).to.match(/^test_whatever_else_is_unknown fails\n {2}_access\(id\) == "unknwn"\n/);
    expect(message).to.include('"unknown"');
    expect(tests.filter(({ passed }) => !passed)).to.have.length(1);
  });

  it('a test that is skipped did not pass', async () => {
    tree.edit(GRANT_TEST, 'test_granted if', 'todo_test_granted if');
    const { findings } = await runTests(place());
    expect(findings.map(({ message }) => message)).to.deep.equal(['todo_test_granted is skipped']);
  });

  it('a tree of rules without a test is found', async () => {
    rmSync(tree.file('system/log/log_test.rego'));
    const { findings } = await runTests(place());
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ package: 'system', message: 'rules stand here without one test' });
  });

  it('only what is chosen is run', async () => {
    const { tests } = await runTests(place(), { packages: ['kisum.grant'] });
    expect(tests.length).to.be.greaterThan(2);
    expect(new Set(tests.map((test) => test.package))).to.deep.equal(new Set(['kisum.grant']));
    const { tests: named } = await runTests(place(), { packages: ['kisum'], run: 'grant_test.test_not' });
    expect(named.map(({ name }) => name)).to.deep.equal(['test_not_granted']);
  });

  it('what opa fmt would change is found at its first line, written once, and then as it should be', async () => {
    const before = tree.read(GRANT);
    tree.edit(GRANT, 'default module := false', 'default   module := false');
    const { findings, changed } = await formatPolicies(place(), { write: false });
    expect(changed).to.deep.equal([GRANT]);
    expect(findings[0]).to.include({ rule: 'opa/fmt', line: lineOf(GRANT, 'default   module') });
    expect((await formatPolicies(place(), { write: true })).changed).to.deep.equal([GRANT]);
    expect(tree.read(GRANT)).to.equal(before);
    expect((await formatPolicies(place(), { write: true })).changed).to.deep.equal([]);
  });

  it('lines that no test reaches are named once too few are reached', async () => {
    tree.write(GRANT, `${tree.read(GRANT)}\nlater if {\n\tinput.caller == null\n\tinput.route == "x"\n}\n`);
    const { files, percent, findings } = (await measureCoverage(place(), 100))!;
    const first = lineOf(GRANT, 'later if');
    const [open] = files.find(({ file }) => file === `policies/${GRANT}`)!.open;
    expect(open).to.deep.equal([first, first + 2]);
    expect(percent).to.be.within(98, 99.9);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.include({ rule: 'opa/coverage', line: first });
    expect((await measureCoverage(place(), 90))!.findings).to.deep.equal([]);
  });

  it('a file that no test touches counts with nothing reached', async () => {
    rmSync(tree.file('system/log/log_test.rego'));
    const { files } = (await measureCoverage(place()))!;
    expect(files.find(({ file }) => file === 'policies/system/log/log.rego')!.covered).to.equal(0);
  });

  it('no policies is no success', async () => {
    for (const name of await regoFiles(tree.policies)) rmSync(tree.file(name));
    const failure: unknown = await checkPolicies({ policies: tree.policies }).catch(
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(WorkbenchError);
    expect((failure as WorkbenchError).message).to.include('no policy lies in');
  });

  /** From 1. */
  function lineOf(name: string, text: string): number {
    return tree.read(name).slice(0, tree.read(name).indexOf(text)).split('\n').length;
  }
});
