import { routesOf } from '../../modules/manifest/derive.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { createPath, needs, sampleBody, type Samples } from './samples.ts';

/** Lines to paste in a shell: every list, and a row more of each entity that took one and stands on no other. */
export function curlLines(manifest: Manifest, url: string, { ids }: Samples): string[] {
  const reads = routesOf(manifest)
    .filter(({ method, path }) => method === 'GET' && !path.includes('{'))
    .map(({ path }) => `curl ${url}${path}`);
  const creates = manifest.owns.flatMap((entity) => {
    if (!(entity.entity in ids) || needs(entity).length > 0) return [];
    const body = JSON.stringify(sampleBody(entity, ids, 1)).replaceAll("'", `'\\''`);
    return [`curl ${url}${createPath(manifest, entity)} -H 'content-type: application/json' -d '${body}'`];
  });
  return [...reads, ...creates];
}
