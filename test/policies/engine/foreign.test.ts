import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createEngine, type PolicyEngine } from '../../../policies/engine/engine.ts';
import { ENTRYPOINTS } from '../../../policies/engine/entrypoints.ts';
import { REASONS, type DecisionInput } from '../../../policies/contract.ts';
import { PolicyFailure } from '../../../policies/engine/failure.ts';
import { entryOf } from '../../../policies/workbench/archive.ts';
import { mustRun } from '../../../policies/workbench/run.ts';
import { withCompiler } from '../compiler.ts';
import { goldenCatalog } from '../golden.ts';

const DENY = '{"allow": false, "reason": "route_unknown"}';
const QUESTION: DecisionInput = { route: 'trap', authenticated: false, caller: null, access: null };

/** Policies that are not ours: each compiles, and each must not come to decide, or not for long. */
describe('a foreign policy', function () {
  const compiler = withCompiler(this);

  it('that asks the host for a function is refused by its name', async () => {
    const failure = await refusal('decision := {"allow": time.now_ns() > 0, "reason": null}');
    expect(failure.message).to.include('asks the host for time.now_ns');
  });

  it('with another list of reasons is refused', async () => {
    const failure = await refusal(`decision := ${DENY}`, ['route_unknown']);
    expect(failure.message).to.include('reasons are not those of the contract');
  });

  it('that lets an unknown route in is refused', async () => {
    const failure = await refusal('decision := {"allow": true, "reason": null}');
    expect(failure.message).to.include('fails its self-test');
  });

  it('that says nothing is a failure, not a denial', async () => {
    const engine = await load(`decision := ${DENY} if is_null(input.route)`);
    expect(ask(engine)).to.have.property('kind', 'evaluation');
  });

  it('that says something outside the contract is a failure', async () => {
    for (const answer of ['true', '{"allow": true}', '{"allow": false, "reason": "because"}']) {
      const engine = await load(`decision := ${DENY} if is_null(input.route)\nelse := ${answer}`);
      expect(ask(engine)).to.have.property('kind', 'answer');
      expect(engine.failures.answer).to.equal(1);
    }
  });

  it('that contradicts itself throws, and the engine goes on', async () => {
    const rules = [
      `decision := ${DENY}`,
      'decision := {"allow": true, "reason": null} if input.route == "trap"',
    ];
    const engine = await load(rules.join('\n'));
    expect(ask(engine)).to.have.property('kind', 'evaluation');
    expect(engine.decide({ ...QUESTION, route: null }).allow).to.equal(false);
  });

  function ask(engine: PolicyEngine): unknown {
    try {
      return engine.decide(QUESTION);
    } catch (error) {
      return error;
    }
  }

  async function refusal(decision: string, reasons?: string[]): Promise<PolicyFailure> {
    const failure: unknown = await load(decision, reasons).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(PolicyFailure).with.property('kind', 'bundle');
    return failure as PolicyFailure;
  }

  async function load(decision: string, reasons: readonly string[] = REASONS): Promise<PolicyEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'kisum-foreign-'));
    try {
      await writeFile(join(folder, 'decision.rego'), `package kisum.decision\n\n${decision}\n`);
      await writeFile(
        join(folder, 'reasons.rego'),
        `package kisum.reasons\n\norder := ${JSON.stringify(reasons)}\n`,
      );
      const asked = [ENTRYPOINTS.decision, ENTRYPOINTS.reasons].flatMap((path) => ['--entrypoint', path]);
      const archive = join(folder, 'bundle.tar.gz');
      const sources = ['decision.rego', 'reasons.rego'];
      await mustRun(
        compiler.opa,
        ['build', '-t', 'wasm', ...asked, '-o', archive, ...sources],
        folder,
        'opa build',
      );
      const wasm = Uint8Array.from(entryOf(await readFile(archive), '/policy.wasm'));
      const module = await WebAssembly.compile(wasm);
      return await createEngine({ revision: 'foreign', module }, goldenCatalog(), { warmUp: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
