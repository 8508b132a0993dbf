import { loadBundle, type Bundle } from '../policies/engine/bundle.ts';
import { PolicyFailure } from '../policies/engine/failure.ts';
import { loadVerifyKeys, type VerifyKey } from '../policies/engine/signature-keys.ts';
import { CliError, EXIT } from './errors.ts';

/**
 * The bundle at `place`, held against POLICY_VERIFY_KEY as the gateway of this environment would.
 * @param place default: POLICY_BUNDLE, or the committed bundle
 */
export async function policyInUse(place = process.env.POLICY_BUNDLE || undefined): Promise<Bundle> {
  if (/^https?:/.test(place ?? '')) {
    throw new CliError(
      EXIT.precondition,
      `POLICY_BUNDLE is a server: fetch ${place} and name the file instead`,
    );
  }
  try {
    return await loadBundle(place, { verifyKeys: await verifyKeysInUse() });
  } catch (error) {
    if (error instanceof PolicyFailure) throw new CliError(EXIT.precondition, error.message, error);
    throw error;
  }
}

/** The keys of POLICY_VERIFY_KEY; `null` where none is set. */
export async function verifyKeysInUse(): Promise<VerifyKey[] | null> {
  const place = process.env.POLICY_VERIFY_KEY;
  return place ? loadVerifyKeys(place) : null;
}
