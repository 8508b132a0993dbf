import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import type { CatalogPlan } from '../../platform/core/plan/plan.ts';
import { CliError, EXIT } from '../errors.ts';

const SCHEMA = 'kisum.catalog-plan/v1';

/** Keeps a plan for `catalog apply --plan`. */
export async function savePlan(file: string, plan: CatalogPlan): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify({ schema: SCHEMA, ...plan }, null, 2)}\n`);
}

/** The digest of a kept plan. Throws CliError 4 where there is none, 2 where it is no plan. */
export async function digestIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(
      EXIT.precondition,
      `${file} cannot be read: make it with "kisum-cli catalog plan --out ${file}"`,
      cause,
    );
  });
  const digest = digestOf(text);
  if (digest === undefined)
    throw new CliError(
      EXIT.usage,
      `${file} is no plan: make one with "kisum-cli catalog plan --out ${file}"`,
    );
  return digest;
}

function digestOf(text: string): string | undefined {
  try {
    const plan = JSON.parse(text) as { schema?: unknown; digest?: unknown } | null;
    return plan?.schema === SCHEMA && typeof plan.digest === 'string' ? plan.digest : undefined;
  } catch {
    return undefined;
  }
}
