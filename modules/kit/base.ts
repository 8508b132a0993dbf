import { routesOf } from '../manifest/derive.ts';
import { discoverManifests } from '../manifest/discover.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { ask } from './ask.ts';
import { type FieldFaults, invalid, type ModuleError, unavailable } from './errors.ts';
import type { ServiceToken } from './service-token.ts';
import type { Identity } from './state.ts';

/** An entity of another module, as its owner tells it. */
export type Foreign = Record<string, unknown>;

export interface Page {
  data: Foreign[];
  page: { next: string | null };
}

/** Reads of other modules' shared entities, through the gateway, for the user and the company of this request. */
export interface Base {
  /** `undefined` when there is none. Throws `service_unavailable` when it cannot be known. */
  get(entity: string, id: string): Promise<Foreign | undefined>;
  /** One page, filtered by the owner's own query. */
  list(entity: string, query?: Record<string, string>): Promise<Foreign[]>;
  /** The same with the owner's cursor of the next page. Throws the owner's `validation_error` for a query it refuses. */
  page(entity: string, query?: Record<string, string>): Promise<Page>;
}

export interface BaseConnection {
  gatewayUrl: string;
  token: ServiceToken;
  /** Entity → path of its list. Only what the manifest declares to read. */
  paths: ReadonlyMap<string, string>;
}

/** Where the entities that a module declares to read are found. */
export function readPaths({ reads }: Manifest): Map<string, string> {
  if (reads.length === 0) return new Map();
  const lists = discoverManifests()
    .flatMap(({ manifest }) => routesOf(manifest))
    .filter(({ id, entity }) => id === `${entity}.list`);
  return new Map(
    reads.map(({ entity }) => {
      const list = lists.find((route) => route.entity === entity);
      if (!list) throw new Error(`${entity} is declared to be read, and no module lists it`);
      return [entity, list.path];
    }),
  );
}

/** @param connection absent when the host has no gateway, Auth or secret: then nothing can be read */
export function baseOf(connection: BaseConnection | undefined, identity: Identity, company: string): Base {
  const read = async (entity: string, suffix: string): Promise<Partial<Read>> => {
    if (!connection) throw unavailable('this module is not connected to the gateway');
    if (identity.by !== 'assertion')
      throw unavailable('other modules can be read only for a request from the gateway');
    const path = connection.paths.get(entity);
    if (!path) throw new Error(`${entity} is not declared in spec.data.reads`);
    const headers = { 'x-org': company, 'x-kisum-on-behalf-of': identity.assertion };
    return readJson(connection, `${path}${suffix}`, headers);
  };
  const page = async (entity: string, query: Record<string, string> = {}): Promise<Page> => {
    const answer = await read(entity, `?${new URLSearchParams(query).toString()}`);
    return { data: (answer.data ?? []) as Foreign[], page: answer.page ?? { next: null } };
  };
  return {
    get: async (entity, id) => (await read(entity, `/${encodeURIComponent(id)}`)).data as Foreign | undefined,
    list: async (entity, query) => (await page(entity, query)).data,
    page,
  };
}

interface Read {
  data: unknown;
  page: Page['page'];
}

/** Empty where there is nothing. */
async function readJson(
  { gatewayUrl, token }: BaseConnection,
  path: string,
  headers: Record<string, string>,
): Promise<Partial<Read>> {
  const send = async () =>
    ask(`${gatewayUrl}${path}`, { headers: { ...headers, authorization: `Bearer ${await token.get()}` } });
  let answer = await send();
  if (answer.status === 401) {
    token.forget();
    answer = await send();
  }
  if (answer.status === 404) return {};
  if (answer.status === 400) throw refusedQuery(answer.body);
  const read = answer.body as Partial<Read> | null | undefined;
  if (answer.status !== 200 || read?.data === undefined) {
    const cause = new Error(`the gateway gave no usable answer for ${path} (status ${answer.status})`);
    throw unavailable('another module cannot be read', cause);
  }
  return read;
}

/** In the owner's words: whoever asked can mend it, and asking again later would not help. */
function refusedQuery(body: unknown): ModuleError {
  const { message, fields } =
    (body as { error?: { message?: string; fields?: FieldFaults } } | null | undefined)?.error ?? {};
  return invalid(message ?? 'the query is not valid', fields);
}
