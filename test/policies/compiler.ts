import type { Suite } from 'mocha';
import { findTool, readyTool, type ToolName } from '../../policies/workbench/tool.ts';

/**
 * For suites that need a pinned tool: they run where one is at hand. Where they must run, `KISUM_OPA_REQUIRED=1` finds
 * or builds one, and none is a failure.
 */
export function withTools<Name extends ToolName>(suite: Suite, names: Name[]): Record<Name, string> {
  const tools = {} as Record<Name, string>;
  suite.timeout(600_000);
  suite.beforeAll(names.join(' and '), async function () {
    for (const name of names) {
      const path = await pathOf(name);
      if (path === null) this.skip();
      tools[name] = path;
    }
  });
  return tools;
}

export function withCompiler(suite: Suite): { opa: string } {
  return withTools(suite, ['opa']);
}

async function pathOf(name: ToolName): Promise<string | null> {
  if (process.env.KISUM_OPA_REQUIRED === '1') return findTool(name);
  const { path, tried } = await readyTool(name);
  if (path === null) {
    process.stderr.write(
      `  not examined, no ${name} at hand (KISUM_OPA_REQUIRED=1 fails instead):\n${tried.join('\n')}\n`,
    );
  }
  return path;
}
