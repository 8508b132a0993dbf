import type { ModuleDefinition } from '../../../modules/kit/define-module.ts';
import { isForeign, isNeeded, sampleOf, type EntityField } from '../../../modules/manifest/fields.ts';
import type { OwnedEntity } from '../../../modules/manifest/manifest.ts';
import { backend, type Backend } from './backend.ts';
import { ACME, BLUENOTE } from './gateway-keys.ts';
import { json, stub, type Reply } from './http.ts';

/** The other side of what belongs to two companies. */
const PARTNER = '33333333-3333-4333-8333-333333333333';
const ANY_ID = '00000000-0000-4000-8000-000000000000';

/** A module alone: with a database of its own, and a world in which whatever it refers to exists. */
export interface Trial extends Backend {
  /** A row of Acme's with sample values, and whatever of this module it needs. Throws when it is refused. */
  make: (entity: string) => Promise<{ id: string }>;
  /** The same of another company's. */
  makeElsewhere: (entity: string) => Promise<{ id: string }>;
  /** As Acme. */
  read: (entity: string, id: string) => Promise<Reply>;
  /** Routes that need a permission and answer anything but 403 to a member who has none. */
  unguarded: () => Promise<string[]>;
}

export async function trial(definition: ModuleDefinition): Promise<Trial> {
  const { manifest, routes } = definition;
  const auth = await stub((_path, response) =>
    json(response, 200, { success: true, data: { token: 'service', expiresIn: 300 } }),
  );
  const gateway = await stub((path, response) =>
    json(response, 200, { success: true, data: { id: path.split('/').at(-1), company_id: PARTNER } }),
  );
  const module = await backend(definition, {
    auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum' },
    moduleSecret: 'secret',
    gatewayUrl: gateway.url,
  });
  const owned = (name: string): OwnedEntity => manifest.owns.find(({ entity }) => entity === name)!;

  const make = async (company: string, name: string): Promise<{ id: string }> => {
    const { plural, fields, companies } = owned(name);
    const body: Record<string, unknown> = {};
    // A company that follows from what the row points to is not named; what may be false is tried as true.
    const given = fields.map(({ company }) => company);
    for (const column of companies.slice(1)) if (!given.includes(column)) body[column] = PARTNER;
    const wanted = fields.filter((field) => isNeeded(field) || (field.type === 'boolean' && !field.computed));
    for (const field of wanted) body[field.name] = await valueOf(company, field);
    const { status, body: answer } = await module.as(company).send('POST', `/${plural}`, body);
    if (status !== 201) throw new Error(`no ${name} was made: ${status} ${JSON.stringify(answer)}`);
    return answer.data as { id: string };
  };
  let count = 0;
  const valueOf = async (company: string, field: EntityField): Promise<unknown> => {
    if (field.to !== undefined && !isForeign(field.to)) return (await make(company, field.to)).id;
    const sample = sampleOf(field);
    // No two texts alike: a name may be there once.
    return field.type === 'text' ? `${++count} ${String(sample)}`.slice(0, field.max) : sample;
  };

  return {
    ...module,
    make: (entity) => make(ACME, entity),
    makeElsewhere: (entity) => make(BLUENOTE, entity),
    read: (entity, id) => module.acme.send('GET', `/${owned(entity).plural}/${id}`),
    unguarded: async () => {
      const guarded = routes.map(({ route }) => route).filter(({ permission }) => permission);
      if (guarded.length === 0) throw new Error(`${manifest.key} has no route with a permission`);
      const stranger = module.as(ACME, []);
      const open = [];
      for (const { method, path } of guarded) {
        const at = path.slice(`/api/${manifest.key}`.length).replace(/\{[^}]*\}/g, ANY_ID);
        if ((await stranger.send(method, at)).status !== 403) open.push(`${method} ${path}`);
      }
      return open;
    },
    close: async () => {
      await Promise.all([module.close(), auth.close(), gateway.close()]);
    },
  };
}
