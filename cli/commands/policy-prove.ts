import { readFile, writeFile } from 'node:fs/promises';
import { loadBundle, type Bundle } from '../../policies/engine/bundle.ts';
import { catalogFault } from '../../policies/workbench/impact/shapes.ts';
import { findOpenInputIn } from '../../policies/workbench/proof/bundle-rules.ts';
import { cellsCovered } from '../../policies/workbench/proof/covered.ts';
import { compileInvariants } from '../../policies/workbench/proof/judge.ts';
import { ODD_CATALOG } from '../../policies/workbench/proof/odd-catalog.ts';
import { prove as proveBundle, type ProvenCatalog } from '../../policies/workbench/proof/prove.ts';
import { replay, type Replayable } from '../../policies/workbench/proof/replay.ts';
import type { CatalogData } from '../../policies/contract.ts';
import { declaredManifests } from '../catalog/declared.ts';
import { declaredData } from '../catalog/declared-data.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { progressLine, proofText, replayText } from '../proof/proof-text.ts';

export interface ProveOptions {
  quick?: boolean;
  catalog?: string;
  workers?: string;
  out?: string;
  replay?: string;
}

const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** The shipped policy over its whole domain, against the invariants in `policies/proof`. */
export async function prove(options: ProveOptions): Promise<Outcome> {
  const { quick = false, workers, out } = options;
  const bundle = await loadBundle(process.env.POLICY_BUNDLE || undefined);
  const catalogs = await catalogsOf(options.catalog);
  if (options.replay !== undefined) return again(bundle, catalogs, options.replay);

  const invariants = await compileInvariants(log);
  const open = await findOpenInputIn(bundle.files);
  const started = performance.now();
  const proof = await proveBundle(bundle, {
    catalogs,
    invariants,
    size: quick ? 'quick' : 'all',
    ...(workers === undefined ? {} : { workers: threads(workers) }),
    onProgress: progressLine(log),
  });
  const seconds = (performance.now() - started) / 1000;
  if (out !== undefined && proof.violations.length > 0) {
    await writeFile(out, `${JSON.stringify(proof.violations, null, 2)}\n`);
  }
  const covered = cellsCovered(catalogs[0]!.declared);
  const holds = proof.violations.length === 0 && proof.vacuous.length === 0 && open.length === 0;
  return {
    text: proofText({ proof, open, covered, seconds, quick, catalogs, revision: bundle.revision, out }),
    data: { ...proof, open, covered: quick ? null : String(covered), revision: bundle.revision },
    examined: { cells: proof.evaluated, questions: proof.questions },
    exitCode: holds ? EXIT.ok : EXIT.findings,
  };
}

/** What was kept with `--out`, or one question of it. */
async function again(bundle: Bundle, catalogs: ProvenCatalog[], file: string): Promise<Outcome> {
  const kept = await readJson(file, '--replay');
  const questions = (Array.isArray(kept) ? kept : [kept]) as Partial<Replayable>[];
  const invariants = await compileInvariants(log);
  const replayed = questions.map(({ entrypoint, input, catalog = catalogs[0]!.name }) => {
    const asked = catalogs.find(({ name }) => name === catalog);
    if (entrypoint === undefined || input === undefined || asked === undefined) {
      throw new CliError(
        EXIT.usage,
        `${file} holds no question of a proof: keep one with "policy prove --out <file>"`,
      );
    }
    return { input, ...replay(bundle, invariants, asked, { entrypoint, input, catalog }) };
  });
  const holds = replayed.every(({ counterexamples }) => counterexamples.length === 0);
  return {
    text: replayed.map(replayText).join('\n\n'),
    data: replayed,
    examined: { questions: replayed.length },
    exitCode: holds ? EXIT.ok : EXIT.findings,
  };
}

/** The project's own, or the one in a file; and always the one of odd things. */
async function catalogsOf(file: string | undefined): Promise<ProvenCatalog[]> {
  const odd = { name: 'a catalog of odd things', declared: ODD_CATALOG };
  if (file === undefined)
    return [{ name: 'the module manifests', declared: declaredData(declaredManifests()) }, odd];
  const kept = await readJson(file, '--catalog');
  const catalog = (kept as { catalog?: unknown }).catalog ?? kept;
  const fault = catalogFault(catalog);
  if (fault !== null) {
    throw new CliError(
      EXIT.usage,
      `${file} is no catalog of the policy (${fault}): "kisum-cli policy snapshot --out <file>" writes one`,
    );
  }
  return [{ name: file, declared: catalog as CatalogData }, odd];
}

async function readJson(file: string, option: string): Promise<object> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
    throw new TypeError('it is no object');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(EXIT.usage, `${option} ${file} cannot be read as JSON: ${why}`, cause);
  }
}

export function threads(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 64) return count;
  throw new CliError(EXIT.usage, `--workers takes a number of threads from 0 to 64, not ${text}`);
}
