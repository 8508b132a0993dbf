/** Every way we know to spoil a signed bundle; each must be refused where `verifyPem` is the key that must have signed. */
import { corruptArchives } from './corruptions/archives.ts';
import type { Corruption, SignedBundle } from './corruptions/bundle.ts';
import { corruptContents } from './corruptions/contents.ts';
import { corruptSignatures } from './corruptions/signatures.ts';

export { resigned, signedBundle, type Corruption, type SignedBundle } from './corruptions/bundle.ts';

export async function corruptions(good: SignedBundle): Promise<Corruption[]> {
  return [...corruptArchives(good), ...(await corruptContents(good)), ...(await corruptSignatures(good))];
}
