import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ruleFiles } from '../../../policies/engine/lock.ts';
import { projectFile } from '../../../policies/root.ts';
import { buildPolicies } from '../../../policies/workbench/build.ts';
import { withCompiler } from '../compiler.ts';

describe('the policy sources', function () {
  withCompiler(this);

  it('compile to the committed bundle, byte for byte', async () => {
    const lock = await buildPolicies({ check: true });
    expect(lock.revision).to.equal(lock.wasm.slice(0, 12));
    expect(Object.keys(lock.sources)).to.include('kisum/decision/decision.rego');
  });
});

describe('each rule file', () => {
  it('has its test beside it', async () => {
    const policies = projectFile('policies');
    const rules = (await ruleFiles(policies)).filter((file) => file !== 'kisum/kisum.rego');
    expect(rules).to.not.be.empty;
    const untested = rules.filter((file) => !existsSync(join(policies, file.replace('.rego', '_test.rego'))));
    expect(untested).to.deep.equal([]);
  });
});
