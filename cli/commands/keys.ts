import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { generatePolicyKeys } from '../../policies/workbench/sign.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { perform } from '../operations/perform.ts';

/** A new signing key for the local Auth service; tokens of the old one stay valid unless it is dropped. */
export async function rotate({ dropOld = false }: { dropOld?: boolean }): Promise<Outcome> {
  const kid = await perform('rotate-keys', { dropOld });
  return { text: kid, data: { kid } };
}

/** A value for ASSERTION_KEYS. */
export async function generate(): Promise<Outcome> {
  const jwks = await generateAssertionKeys();
  return { text: jwks, data: JSON.parse(jwks) as unknown };
}

/** The private half for `policy sign --key`, the public one for POLICY_VERIFY_KEY. What is there is never replaced. */
export async function policy(folder: string): Promise<Outcome> {
  const { signing, verify } = generatePolicyKeys();
  const written = { signing: join(folder, 'policy-signing.pem'), verify: join(folder, 'policy-verify.pem') };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(written.signing, signing, { mode: 0o600, flag: 'wx' });
    await writeFile(written.verify, verify, { flag: 'wx' });
  } catch (cause) {
    throw new CliError(EXIT.conflict, `no keys written to ${folder}: ${(cause as Error).message}`, cause);
  }
  return { text: Object.values(written).join('\n'), data: written };
}
