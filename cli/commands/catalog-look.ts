import pc from 'picocolors';
import { stringify } from 'yaml';
import writeFileAtomic from 'write-file-atomic';
import { examineTree } from '../../modules/manifest/discover.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { countsOf, declaredManifests, nothingDeclared } from '../catalog/declared.ts';
import { driftOf, type Drift } from '../catalog/drift.ts';
import { catalogSvg } from '../catalog/graph.ts';
import { runningDrift } from '../catalog/running.ts';
import { catalogTypes } from '../catalog/types.ts';
import { EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';

/** Whether the manifests, the database and what runs are the same. */
export async function drift({ gateway }: { gateway?: string }): Promise<Outcome> {
  const counts = countsOf(declaredManifests());
  const stored = driftOf(await perform('plan-catalog', {}));
  const url = (gateway ?? gatewayHere()).replace(/\/$/, '');
  const running = await runningDrift(url, () => perform('served-catalog', {}));
  const all = [...stored, ...running.drift];
  const found =
    all.length === 0 ? 'No drift.' : `${all.length} ${all.length === 1 ? 'difference' : 'differences'}`;
  return {
    text: [
      ...all.map(driftLine),
      found,
      ...running.notExamined.map((it) => pc.dim(`not examined: ${it}`)),
    ].join('\n'),
    data: { drift: all, notExamined: running.notExamined },
    examined: { ...counts, ...running.examined },
    exitCode: all.length > 0 ? EXIT.findings : EXIT.ok,
  };
}

/** Where `npm start` and `npm run gateway` listen unless told otherwise. */
function gatewayHere(): string {
  const { HOST, PORT } = process.env;
  return `http://${!HOST || HOST === '0.0.0.0' ? '127.0.0.1' : HOST}:${PORT || 8080}`;
}

function driftLine({ class: cls, between, module, what }: Drift): string {
  return `${pc.yellow(cls)}  ${module}: ${what}  ${pc.dim(`(${between})`)}`;
}

/** The catalog as the database holds it. */
export async function exportCatalog({ yaml = false }: { yaml?: boolean }): Promise<Outcome> {
  const exported = await perform('export-catalog', {});
  const text = yaml ? stringify(exported, { lineWidth: 0 }).trimEnd() : JSON.stringify(exported, null, 2);
  return { text, data: exported, examined: { modules: Object.keys(exported.modules).length } };
}

/** The manifests alone: each by itself, and all of them as one whole. Needs no database. */
export function validate(): Promise<Outcome> {
  const { found, examined, faults } = examineTree();
  if (examined === 0) throw nothingDeclared();
  const counts = { ...countsOf(found.map(({ manifest }) => manifest)), modules: examined };
  const summary = `${examined} manifests, ${faults.length} faults`;
  return Promise.resolve({
    text: [...faults, summary].join('\n'),
    data: { faults },
    examined: counts,
    exitCode: faults.length > 0 ? EXIT.findings : EXIT.ok,
  });
}

/** Who owns what and reads whom, drawn. */
export async function graph({ out }: { out?: string }): Promise<Outcome> {
  const manifests = declaredManifests();
  const svg = catalogSvg(manifests);
  return written(svg, { svg }, { out, manifests });
}

/** Modules and permissions as TypeScript types, for frontends. */
export async function types({ out }: { out?: string }): Promise<Outcome> {
  const manifests = declaredManifests();
  const text = catalogTypes(manifests).trimEnd();
  return written(text, { types: text }, { out, manifests });
}

async function written(
  text: string,
  data: object,
  { out, manifests }: { out: string | undefined; manifests: Manifest[] },
): Promise<Outcome> {
  const examined = countsOf(manifests);
  if (!out) return { text, data, examined };
  await writeFileAtomic(out, `${text}\n`);
  return { text: out, data: { file: out }, examined };
}
