import { expect } from 'chai';
import { lintPolicies } from '../../../policies/workbench/lint.ts';
import { WorkbenchError } from '../../../policies/workbench/run.ts';
import { withTools } from '../compiler.ts';
import { openTree, type PolicyTree } from '../tree.ts';

const GRANT = 'kisum/grant/grant.rego';

/** Rules that are on, and what breaks each. */
const SEEDS: [rule: string, text: string][] = [
  ['custom/missing-metadata', 'named if input.caller == null'],
  ['imports/unresolved-reference', '_odd if data.catalogue.modules.x'],
  ['performance/with-outside-test-context', '_odd if route.access == "x" with input as {}'],
  [
    'idiomatic/ambiguous-scope',
    '# METADATA\n# title: Odd\ndefault odd := false\n\nodd if input.caller == null',
  ],
  ['bugs/constant-condition', '_odd if 1 == 1'],
  ['style/todo-comment', '# TODO: later'],
];

describe('the linter', function () {
  const tools = withTools(this, ['opa', 'regal']);
  let tree: PolicyTree;
  const lint = () => lintPolicies({ policies: tree.policies, ...tools });

  beforeEach(() => (tree = openTree()));
  afterEach(() => tree.remove());

  it('finds what breaks its rules, each with its line', async () => {
    tree.write(GRANT, [tree.read(GRANT), ...SEEDS.map(([, text]) => `${text}\n`)].join('\n'));
    const { findings, files } = await lint();
    expect(files).to.be.greaterThan(20);
    const lines = tree.read(GRANT).split('\n');
    for (const [rule, text] of SEEDS) {
      const line = lines.lastIndexOf(text.split('\n')[0]!) + 1;
      const found = findings.find((it) => it.rule === `regal/${rule}` && it.line === line);
      expect(found, rule).to.include({
        package: 'kisum.grant',
        file: `policies/${GRANT}`,
        severity: 'error',
      });
      expect(found!.fix).to.include(`/rules/${rule}`);
    }
  });

  it('says where the rules do not parse', async () => {
    tree.edit(GRANT, 'default module := false', 'default module := := false');
    const { findings, files } = await lint();
    expect(findings[0]!.rule).to.equal('opa/check');
    expect(files).to.equal(0);
  });

  it('that cannot read its configuration has not passed', async () => {
    tree.write('.regal/config.yaml', 'rules: {style: nothing}\n');
    const failure: unknown = await lint().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(WorkbenchError);
    expect((failure as WorkbenchError).message).to.match(/^regal lint did not run:\n.*config/);
  });
});
