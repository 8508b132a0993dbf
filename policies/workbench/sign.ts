/** Signs a bundle that has been proven, so that nobody puts their name to one that would be refused. */
import { generateKeyPairSync } from 'node:crypto';
import { SIGNATURES_FILE } from '../engine/archive-files.ts';
import { packArchive } from '../engine/archive.ts';
import { loadBundle, openBundle, openFiles, type Bundle } from '../engine/bundle.ts';
import { readPlace } from '../engine/place.ts';
import { publicHalf, readSigningKey, type SigningKey } from '../engine/signature-keys.ts';
import { signFiles } from '../engine/signature.ts';

export interface SignRequest {
  /** As `loadBundle` takes it. A signature that is there is replaced. */
  place?: string;
  /** PEM or JWK(S), the private half. */
  key: string;
  /** Name of the key, where several may verify; by default the JWK's own. */
  keyid?: string;
  /** Default: now. */
  at?: Date;
}

/** The signed archive, opened once more with the key's other half. Throws `PolicyFailure`. */
export async function signBundle(request: SignRequest): Promise<{ archive: Uint8Array; bundle: Bundle }> {
  const { place, keyid, at = new Date() } = request;
  const key: SigningKey = { ...readSigningKey(request.key), ...(keyid === undefined ? {} : { kid: keyid }) };
  const { files } = await provenBundle(place);
  const archive = await packArchive(await signFiles(files, key, Math.floor(at.getTime() / 1000)));
  return { archive, bundle: await openBundle(archive, { verifyKeys: [publicHalf(key)] }) };
}

/** Only a signature is left unjudged: it is about to be replaced. */
async function provenBundle(place: string | undefined): Promise<Bundle> {
  if (place === undefined) return loadBundle();
  const { files } = await readPlace(place);
  if (!files.has(SIGNATURES_FILE)) return loadBundle(place);
  const unsigned = new Map([...files].filter(([name]) => name !== SIGNATURES_FILE));
  return openFiles(unsigned, { verifyKeys: null });
}

/** A new key pair as PEM, for ES256: what `policy sign` and OPA's own `--signing-key` take. */
export function generatePolicyKeys(): { signing: string; verify: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    signing: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    verify: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
