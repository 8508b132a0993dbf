import { perform } from '../operations/perform.ts';

/** Registers every module folder in the catalog and migrates its schema. Safe to repeat: what is right stays untouched. */
export async function apply(): Promise<void> {
  const keys = await perform('apply-catalog', {});
  process.stdout.write(`${keys.join('\n')}\n`);
}
