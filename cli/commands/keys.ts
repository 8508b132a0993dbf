import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { perform } from '../operations/perform.ts';

/** A new signing key for the local Auth service; tokens of the old one stay valid unless it is dropped. */
export async function rotate({ dropOld = false }: { dropOld?: boolean }): Promise<void> {
  process.stdout.write(`${await perform('rotate-keys', { dropOld })}\n`);
}

/** A value for ASSERTION_KEYS. */
export async function generate(): Promise<void> {
  process.stdout.write(`${await generateAssertionKeys()}\n`);
}
