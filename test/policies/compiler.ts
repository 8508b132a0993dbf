import type { Suite } from 'mocha';
import { findTool, readyTool } from '../../policies/workbench/tool.ts';

/**
 * For suites that need `opa`: they run where one is at hand. Where they must run, `KISUM_OPA_REQUIRED=1` finds or
 * builds one, and none is a failure.
 */
export function withCompiler(suite: Suite): { opa: string } {
  const compiler = { opa: '' };
  suite.timeout(600_000);
  suite.beforeAll('a compiler', async function () {
    if (process.env.KISUM_OPA_REQUIRED === '1') {
      compiler.opa = await findTool('opa');
      return;
    }
    const { path, tried } = await readyTool('opa');
    if (path === null) {
      process.stderr.write(
        `  not examined, no opa at hand (KISUM_OPA_REQUIRED=1 fails instead):\n${tried.join('\n')}\n`,
      );
      this.skip();
    }
    compiler.opa = path;
  });
  return compiler;
}
