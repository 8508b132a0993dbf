import { expect } from 'chai';
import type { Envelope } from '../../cli/outcome.ts';
import type { Judged, Score } from '../../policies/workbench/mutants/score.ts';
import { withCompiler } from '../policies/compiler.ts';
import { runCli, type Ended } from '../support/cli.ts';

describe('kisum-cli policy prove --mutants', function () {
  const compiler = withCompiler(this);

  const mutants = (...args: string[]): Promise<Ended> =>
    runCli(['policy', 'prove', ...args], { OPA: compiler.opa }).ended;

  it('scores the invariants on a sample, by operator and file, with progress beside the answer', async () => {
    const { code, stdout, stderr } = await mutants('--mutants', '--sample', '10', '--workers', '2');
    expect(stdout).to.match(/^mutation score 100\.0 %: the invariants alone find \d+ of \d+ mutants$/m);
    expect(stdout).to.match(/^operator +killed +engine +equivalent +survived$/m);
    expect(stdout).to.match(/^kisum\/entitlement\/entitlement\.rego +\d/m);
    expect(stderr).to.include('mutants: 10 of 10');
    expect(code).to.equal(0);
  });

  it('says the same to a program', async () => {
    const { code, stdout } = await mutants('--mutants', '--sample', '4', '--json');
    const { data, examined } = JSON.parse(stdout) as Envelope;
    expect(examined).to.deep.equal({ mutants: 4 });
    expect((data as Score).total.survived).to.equal(0);
    expect(stdout).to.not.include('package kisum.');
    expect(code).to.equal(0);
  });

  it('shows one mutant: its change, and the story that gives it away', async () => {
    const { code, stdout } = await mutants('--mutant', 'kisum.grant.module:negate:1');
    expect(stdout).to.match(/^kisum\.grant\.module:negate:1 {2}policies\/kisum\/grant\/grant\.rego:\d+$/m);
    expect(stdout).to.include('  - module if enters(subject.module)');
    expect(stdout).to.include('  + module if not enters(subject.module)');
    expect(stdout).to.match(/^broken: /m);
    expect(stdout).to.match(/^ {2}input {4}\{/m);
    expect(code).to.equal(0);
  });

  it('of a wrong row of the catalog says which row', async () => {
    const { code, stdout } = await mutants('--mutant', 'data:route-public:ai.score.list', '--json');
    const { data } = JSON.parse(stdout) as Envelope;
    expect(data).to.deep.include({ file: 'data.catalog', operator: 'data-route-public' });
    expect((data as Judged).after).to.include('"access":"public"');
    expect((data as Judged).fate.kind).to.equal('killed');
    expect(code).to.equal(0);
  });

  it('ends with 2 on what is no mutant and no number', async () => {
    const unknown = await mutants('--mutant', 'kisum.grant.module:negate:9');
    expect(unknown.code).to.equal(2);
    expect(unknown.stderr).to.include('did you mean kisum.grant.module:negate:1?');
    for (const size of ['0', 'many', '']) {
      const { code, stderr } = await mutants('--mutants', '--sample', size);
      expect(code, size).to.equal(2);
      expect(stderr).to.include('--sample takes how many mutants to try');
    }
  });
});
