import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunnablePolicy } from '../../../../policies/engine/bundle.ts';
import { projectFile } from '../../../../policies/root.ts';
import { tryPolicies } from '../../../../policies/workbench/compile.ts';

/** The project's policies with one place of one file changed, compiled. @param file below `policies/kisum` */
export async function editedPolicy(
  opa: string,
  file: string,
  from: string,
  to: string,
): Promise<RunnablePolicy> {
  const folder = mkdtempSync(join(tmpdir(), 'kisum-edited-'));
  try {
    cpSync(projectFile('policies'), folder, { recursive: true });
    edit(join(folder, 'kisum', file), from, to);
    const entrypoints = ['kisum/decision/decision', 'kisum/reasons/order'] as const;
    return await tryPolicies(folder, { opa, entrypoints });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).to.include(from);
  writeFileSync(path, text.replace(from, to));
}
