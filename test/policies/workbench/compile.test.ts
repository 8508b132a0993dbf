import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileOf } from '../../../policies/engine/archive-files.ts';
import { loadBundle, openBundle, openFiles } from '../../../policies/engine/bundle.ts';
import { createEngine } from '../../../policies/engine/engine.ts';
import { ENTRYPOINTS } from '../../../policies/engine/entrypoints.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { projectFile } from '../../../policies/root.ts';
import { compileFiles, compilePolicies, tryPolicies } from '../../../policies/workbench/compile.ts';
import { knownAnswers } from '../../../policies/workbench/known-answers.ts';
import { WorkbenchError, mustRun } from '../../../policies/workbench/run.ts';
import { withCompiler } from '../compiler.ts';
import { openTree, type PolicyTree } from '../tree.ts';
import { goldenCatalog } from '../golden.ts';

describe('compiling policies', function () {
  const compiler = withCompiler(this);
  let policies: string;

  let tree: PolicyTree;

  beforeEach(() => {
    tree = openTree();
    ({ policies } = tree);
  });
  afterEach(() => tree.remove());

  it('gives the same bytes wherever the same sources lie, and the committed bundle from ours', async () => {
    const archive = await compilePolicies(policies);
    expect(await compilePolicies(projectFile('policies'))).to.deep.equal(archive);
    const { revision, files } = await openBundle(archive, { verifyKeys: null });
    const committed = await loadBundle();
    expect(revision).to.equal(committed.revision);
    expect(fileOf(files, 'policy.wasm')).to.deep.equal(fileOf(committed.files, 'policy.wasm'));
  });

  it('gives a changed copy its own revision and its own known answers', async () => {
    await change('kisum/entitlement/entitlement.rego', '"past_due": true', '"past_due": false');
    const { revision, manifest } = await openBundle(await compilePolicies(policies), { verifyKeys: null });
    expect(revision).to.not.equal((await loadBundle()).revision);
    const grace = manifest.metadata.kisum.vectors.cases.find(({ name }) => name.includes('past due'));
    expect(grace?.answers[ENTRYPOINTS.decision]).to.have.property('allow', false);
  });

  it('gives a policy to be tried at once, also where it cannot be asked everything', async () => {
    expect((await tryPolicies(policies)).revision).to.equal((await loadBundle()).revision);
    await rm(join(policies, 'kisum', 'layers'), { recursive: true });
    expect(await failureOf(tryPolicies(policies))).to.include('kisum/layers/layers');
    const entrypoints = [ENTRYPOINTS.decision, ENTRYPOINTS.reasons];
    const older = await tryPolicies(policies, { entrypoints });
    const engine = await createEngine(older, goldenCatalog(), { warmUp: 0 });
    const question = { route: null, authenticated: false, caller: null, access: null };
    expect(engine.decide(question).reason).to.equal('route_unknown');
  });

  it('carries the accepted change that leads to this revision', async () => {
    const accepted = (to: string) => Promise.resolve({ from: 'aaaaaaaaaaaa', to, changes: [] });
    const { manifest, revision } = await openFiles(await compileFiles(policies, { accepted }), {
      verifyKeys: null,
    });
    expect(manifest.metadata.kisum.accepted).to.deep.equal({
      from: 'aaaaaaaaaaaa',
      to: revision,
      changes: [],
    });
  });

  it('says what the compiler says of rules that do not compile', async () => {
    await writeFile(
      join(policies, 'kisum', 'call', 'call.rego'),
      'package kisum.call\n\ndeclared := nonsense\n',
    );
    expect(await failureOf(compilePolicies(policies))).to.match(
      /compiling the policies failed:[^]*call\.rego:3/,
    );
  });

  it('refuses rules that need the host, even where the compiler was allowed to', async () => {
    const all = await mustRun(compiler.opa, ['capabilities', '--current'], policies, 'opa capabilities');
    await writeFile(join(policies, 'capabilities.json'), all);
    await change(
      'kisum/decision/decision.rego',
      'else := _refuse(entry.verdict)',
      'else := _refuse(entry.verdict) if time.now_ns() < 0\n\nelse := _refuse(entry.verdict)',
    );
    const failure: unknown = await compilePolicies(policies).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(PolicyFailure).with.property('message').that.includes('time.now_ns');
  });

  it('does not let a miscompiled module vouch for itself', async () => {
    const { module } = await tryPolicies(policies);
    await change('kisum/entitlement/entitlement.rego', '"past_due": true', '"past_due": false');
    expect(await failureOf(knownAnswers(compiler.opa, policies, module))).to.include(
      'disagree on "add-on: past due is grace"',
    );
  });

  it('refuses rules that forgo a reason of the closed list', async () => {
    await change(
      'kisum/entitlement/entitlement.rego',
      'else := "base_incompatible" if _provided(module)',
      '',
    );
    const opened = compilePolicies(policies).then((archive) => openBundle(archive, { verifyKeys: null }));
    const failure: unknown = await opened.catch((error: unknown) => error);
    expect(failure).to.have.property('message').that.includes('known answers leave out base_incompatible');
  });

  async function change(file: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(policies, file), 'utf8');
    expect(text).to.include(from);
    await writeFile(join(policies, file), text.replace(from, to));
  }

  async function failureOf(work: Promise<unknown>): Promise<string> {
    const failure: unknown = await work.catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(WorkbenchError);
    return (failure as WorkbenchError).message;
  }
});
