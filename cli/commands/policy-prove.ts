import { prove as proveBundle, type Proof } from '../../policies/workbench/proof/prove.ts';
import { storyOf } from '../../policies/workbench/proof/story.ts';
import { declaredManifests } from '../catalog/declared.ts';
import { declaredData } from '../catalog/declared-data.ts';
import { EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { policyInUse } from '../policy-in-use.ts';

export interface ProveOptions {
  quick?: boolean;
}

/** The shipped policy over its whole domain, against the invariants in `policies/proof/invariants.rego`. */
export async function prove({ quick = false }: ProveOptions): Promise<Outcome> {
  const catalogs = [{ name: 'the module manifests', declared: declaredData(declaredManifests()) }];
  const size = quick ? 'quick' : 'all';
  const proof = await proveBundle(await policyInUse(), {
    catalogs,
    size,
  });
  const holds = proof.violations.length === 0;
  return {
    text: textOf(proof),
    data: proof,
    examined: { cells: proof.evaluated, questions: proof.questions },
    exitCode: holds ? EXIT.ok : EXIT.findings,
  };
}

function textOf({ violations, evaluated, questions }: Proof): string {
  const counted = `${evaluated} cells evaluated, ${questions} questions`;
  if (violations.length === 0) return `proved: ${counted}`;
  return [...violations.flatMap(storyOf), `refuted: ${counted}`].join('\n');
}
