import { writeFile } from 'node:fs/promises';
import type { AcceptedDiff } from '../../policies/accepted.ts';
import { loadBundle } from '../../policies/engine/bundle.ts';
import { PolicyFailure } from '../../policies/engine/failure.ts';
import { loadVerifyKeys, readKeyFile } from '../../policies/engine/signature-keys.ts';
import type { Signed } from '../../policies/engine/signature.ts';
import { inspectBundle, type BundleFacts } from '../../policies/workbench/inspect.ts';
import { signBundle } from '../../policies/workbench/sign.ts';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

interface SignOptions {
  key?: string;
  out?: string;
  bundle?: string;
  keyid?: string;
}

/** A bundle that would be refused is not signed. */
export async function sign({ key, out, bundle: place, keyid }: SignOptions): Promise<Outcome> {
  if (!key || !out) {
    const missing = [...(key ? [] : ['--key']), ...(out ? [] : ['--out'])].join(' and ');
    throw new CliError(EXIT.usage, `${missing} missing; kisum-cli keys policy <folder> makes a pair of keys`);
  }
  const request = { ...(place === undefined ? {} : { place }), ...(keyid === undefined ? {} : { keyid }) };
  const { archive, bundle } = await must(async () => signBundle({ ...request, key: await readKeyFile(key) }));
  await writeFile(out, archive).catch((cause: Error) => {
    throw new CliError(EXIT.precondition, `${out} cannot be written: ${cause.message}`, cause);
  });
  const { revision, digest, signed } = bundle;
  return { text: `signed: revision ${revision} in ${out}`, data: { revision, digest, signed, out } };
}

/** Every gate the gateway has, the known answers included. */
export async function verify(place: string | undefined, { key }: { key?: string }): Promise<Outcome> {
  const from = key ?? (process.env.POLICY_VERIFY_KEY || undefined);
  const verifyKeys = from === undefined ? null : await must(() => loadVerifyKeys(from));
  return told(async () => {
    const { revision, digest, signed, files } = await loadBundle(place, { verifyKeys });
    return {
      text: `holds: revision ${revision}, ${signatureText(signed)}`,
      data: { revision, digest, signed },
      examined: { files: files.size },
    };
  });
}

/** What stands in it, believed without proof. */
export function inspect(place: string | undefined): Promise<Outcome> {
  return told(async () => {
    const facts = await inspectBundle(place);
    return { text: factsText(facts), data: facts, examined: { files: Object.keys(facts.files).length } };
  });
}

/** A refusal is what was looked for. */
async function told(look: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PolicyFailure)) throw error;
    const { message } = error;
    return { text: message, data: { refused: message }, exitCode: EXIT.findings };
  }
}

/** A refusal is in the way. */
async function must<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PolicyFailure) throw new CliError(EXIT.precondition, error.message, error);
    throw error;
  }
}

function factsText(facts: BundleFacts): string {
  const { accepted, signature } = facts;
  return columns([
    ['revision', facts.revision],
    ['digest', facts.digest],
    ['compiler', `opa ${facts.opa}`],
    ['signature', signature === null ? 'none' : `${signatureText(signature)} (not verified)`],
    ['known answers', String(facts.knownAnswers)],
    ['accepted change', acceptedText(accepted)],
    ...facts.entrypoints.map((path) => ['entrypoint', path]),
    ...Object.entries(facts.files).map(([name, bytes]) => ['file', `${name} (${bytes} bytes)`]),
  ]);
}

function signatureText(signed: Signed | null): string {
  if (signed === null) return 'not signed';
  const { keyid, at } = signed;
  return [
    'signed',
    ...(keyid === undefined ? [] : [`by ${keyid}`]),
    ...(at === undefined ? [] : [`at ${at}`]),
  ].join(' ');
}

/** `16 from b69bf3644c13 to 3df97489ef33, by mia`; --json has them all. */
function acceptedText(accepted: Record<string, unknown> | null): string {
  const { from, to, changes, acceptedBy } = (accepted ?? {}) as Partial<AcceptedDiff>;
  if (!changes) return 'none';
  return `${changes.length} from ${from} to ${to}, by ${acceptedBy}`;
}
