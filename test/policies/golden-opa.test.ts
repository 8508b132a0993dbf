import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ENTRYPOINTS } from '../../policies/engine/entrypoints.ts';
import { ruleFiles } from '../../policies/engine/lock.ts';
import { projectFile } from '../../policies/root.ts';
import { mustRun } from '../../policies/workbench/run.ts';
import { withCompiler } from './compiler.ts';
import { goldenCases, goldenCatalog } from './golden.ts';

const POLICIES = projectFile('policies');

describe('golden cases, through the compiler', function () {
  const compiler = withCompiler(this);

  it('`opa eval` answers every golden case as the compiled policy does', async () => {
    const cases = [...goldenCases().values()].flat();
    const folder = await mkdtemp(join(tmpdir(), 'kisum-golden-'));
    try {
      const data = join(folder, 'golden.json');
      await writeFile(data, JSON.stringify({ catalog: goldenCatalog(), golden: cases }));
      expect(await evaluate(compiler.opa, data)).to.deep.equal(cases.map((row) => row.expected));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** All cases in one run of the compiler's own evaluator; what an entrypoint leaves undefined is simply not there. */
async function evaluate(opa: string, data: string): Promise<unknown> {
  const rules = Object.entries(ENTRYPOINTS).map(
    ([name, path]) => `{"${name}": answer | answer := data.${path.replaceAll('/', '.')}}`,
  );
  const query = `[answer |
    some row in data.golden
    question := row.input
    answers := object.union_n([${rules.join(', ')}]) with input as question
    answer := answers[row.entrypoint]
  ]`;
  const sources = (await ruleFiles(POLICIES)).flatMap((file) => ['--data', file]);
  const args = ['eval', '--format', 'raw', ...sources, '--data', data, query];
  return JSON.parse((await mustRun(opa, args, POLICIES, 'opa eval')).toString('utf8')) as unknown;
}
