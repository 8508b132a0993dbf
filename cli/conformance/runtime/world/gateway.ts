import type { IncomingMessage, ServerResponse } from 'node:http';
import { routesOf } from '../../../../modules/manifest/derive.ts';
import { sampleOf } from '../../../../modules/manifest/fields.ts';
import type { Manifest, OwnedEntity } from '../../../../modules/manifest/manifest.ts';
import { claimsOf, header, json } from './answers.ts';

/** Answers the reads a module declares as their owners would: every id exists, for every company that asks. */
export function reads(
  module: Manifest,
  all: Manifest[],
): (request: IncomingMessage, response: ServerResponse) => void {
  const lists = all.flatMap((manifest) =>
    routesOf(manifest)
      .filter(
        ({ id, entity }) => id === `${entity}.list` && module.reads.some((read) => read.entity === entity),
      )
      .map(({ path, entity }) => ({
        path,
        owned: manifest.owns.find((owned) => `${manifest.key}.${owned.entity}` === entity)!,
      })),
  );
  return (request, response) => {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const refused = refusal(request, module.key);
    if (refused)
      return json(response, refused, { success: false, error: { code: 'refused', message: 'refused' } });
    const company = header(request, 'x-org') ?? '';
    const list = lists.find((it) => it.path === path);
    if (list) return json(response, 200, { success: true, data: [], page: { next: null } });
    const one = lists.find((it) => path.startsWith(`${it.path}/`));
    if (!one)
      return json(response, 404, { success: false, error: { code: 'not_found', message: 'not found' } });
    const id = path.slice(one.path.length + 1);
    json(response, 200, { success: true, data: row(one.owned, id, company) });
  };
}

/** Whose rows everybody may read. */
const PUBLISHER = 'ffffffff-0000-4000-8000-000000000001';

/** What the gateway demands of a module that asks: GET, its own token, and the assertion it was given. */
function refusal(request: IncomingMessage, key: string): number | undefined {
  const token = /^Bearer (.+)$/.exec(header(request, 'authorization') ?? '')?.[1] ?? '';
  if (claimsOf(token)['sub'] !== `module:${key}`) return 401;
  const { company } = claimsOf(header(request, 'x-kisum-on-behalf-of') ?? '');
  if (company === undefined || company !== header(request, 'x-org')) return 403;
  return request.method === 'GET' || request.method === 'HEAD' ? undefined : 403;
}

function row(
  { fields, companies, audience }: OwnedEntity,
  id: string,
  company: string,
): Record<string, unknown> {
  return {
    id,
    ...Object.fromEntries(companies.map((column) => [column, audience === 'everyone' ? PUBLISHER : company])),
    ...Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)])),
    created_at: '2027-01-01T00:00:00.000Z',
    updated_at: '2027-01-01T00:00:00.000Z',
  };
}
