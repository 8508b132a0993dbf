import { randomBytes, randomUUID } from 'node:crypto';
import { permissionsOf, routesOf } from '../../../../modules/manifest/derive.ts';
import type { JsonSchema } from '../../../../modules/manifest/fields.ts';
import type { Manifest, OwnedEntity } from '../../../../modules/manifest/manifest.ts';
import { type Access, type AuthAnswer, granting } from '../world/auth.ts';
import type { SigningKey } from '../world/keys.ts';
import { AUDIENCE, ISSUER, type World } from '../world/world.ts';
import type { Client, Exchange, Headers } from './http.ts';
import { fromSchema } from './from-schema.ts';
import { said } from './judge.ts';
import { createBody, neededOwnReferences, pathOf, type ProbedRoute, updateBody } from './sample.ts';

/** The two proofs a module accepts: the gateway's assertion, and a token that Auth is asked about. */
export type Way = 'assertion' | 'token';
export const WAYS: Way[] = ['assertion', 'token'];
export const A: Record<Way, string> = { assertion: 'an assertion', token: 'a token' };

/** A user of one probe alone, so that probes can run side by side. */
export interface Person {
  userId: string;
  company: string;
  access: Access;
}

/** How a credential differs from a right one. */
export interface Alteration {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: SigningKey;
}

export interface Call {
  person?: Person;
  /** Default: the assertion. */
  way?: Way;
  /** In place of the credentials of `person`. */
  credentials?: Headers;
  /** Beside them. */
  headers?: Headers;
  method?: string;
  path?: string;
  id?: string;
  /** Sent as JSON; text is sent as it is. */
  body?: unknown;
}

/** An exchange and what the module must have known of it. */
export interface Recorded {
  exchange: Exchange;
  requestId: string;
  route?: ProbedRoute;
  person?: Person;
}

export interface Lab {
  service: string;
  manifest: Manifest;
  routes: ProbedRoute[];
  world: World;
  recorded: Recorded[];
  /** Every signature that was sent: none may be written anywhere. */
  signatures: Set<string>;
  /** Someone Auth answers for; by default everything in the module is theirs. */
  person(access?: Partial<Access>, answer?: AuthAnswer): Person;
  credentials(route: ProbedRoute, person: Person, way: Way, altered?: Alteration): Headers;
  call(route: ProbedRoute, call?: Call): Promise<Exchange>;
  /** A row of this person's company, or why none can be made; `values` over those of a sample. */
  row(entity: OwnedEntity, person: Person, values?: object): Promise<{ id: string } | { why: string }>;
  /** A body that is right for the route, with rows of its own behind its references. */
  body(route: ProbedRoute, person: Person): Promise<unknown>;
}

export interface LabOptions {
  service: string;
  manifest: Manifest;
  routes: ProbedRoute[];
  world: World;
  client: Client;
  /** Route id → what its handler takes, where that is known. */
  bodies?: Record<string, JsonSchema> | undefined;
}

export function createLab({ service, manifest, routes, world, client, bodies = {} }: LabOptions): Lab {
  const run = randomBytes(4).toString('hex');
  const recorded: Recorded[] = [];
  const signatures = new Set<string>();
  const all = permissionsOf(manifest).map(({ key }) => key);
  const declared = routesOf(manifest);
  let requests = 0;

  const person: Lab['person'] = (over = {}, answer) => {
    const access = { role: 'MEMBER', modules: [manifest.key], permissions: all, units: null, ...over };
    const someone = { userId: randomUUID(), company: randomUUID(), access };
    world.answers.set(someone.userId, answer ?? granting(access));
    return someone;
  };

  const signed = (key: SigningKey, claims: Record<string, unknown>, altered: Alteration): string => {
    const token = (altered.key ?? key).sign({ ...claims, ...altered.claims }, altered.header);
    signatures.add(token.slice(token.lastIndexOf('.') + 1));
    return token;
  };

  const credentials: Lab['credentials'] = (route, { userId, company, access }, way, altered = {}) => {
    const now = Math.floor(Date.now() / 1000);
    if (way === 'token') {
      const claims = { iss: ISSUER, aud: AUDIENCE, sub: userId, iat: now, exp: now + 600 };
      const token = signed(world.authKey, claims, altered);
      const org: Headers = route.access === 'module' ? [['x-org', company]] : [];
      return [['authorization', `Bearer ${token}`], ...org];
    }
    const { role, permissions, units } = access;
    const bound = route.access === 'module' ? { aud: manifest.key, company, units } : { aud: service };
    const claims = {
      iss: 'gateway',
      sub: userId,
      role,
      permissions,
      versions: { token: 1, access: 1, entitlement: 1 },
      iat: now,
      exp: now + 30,
      ...bound,
    };
    return [['x-kisum-assertion', signed(world.gatewayKey, claims, altered)]];
  };

  const call: Lab['call'] = async (route, given = {}) => {
    const { way = 'assertion', headers = [], method = route.method, body, id } = given;
    const proof = given.credentials ?? (given.person ? credentials(route, given.person, way) : []);
    const requestId = `probe-${run}-${++requests}`;
    const type: Headers = body === undefined ? [] : [['content-type', 'application/json']];
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const exchange = await client.send({
      method,
      path: given.path ?? pathOf(route, id),
      headers: [...proof, ...type, ...headers, ['x-request-id', requestId]],
      body: text,
    });
    const known = given.path === undefined && method === route.method ? { route } : {};
    recorded.push({ exchange, requestId, ...known, ...(given.person && { person: given.person }) });
    return exchange;
  };

  const references = async (entity: OwnedEntity, owner: Person): Promise<Record<string, string>> => {
    const made: Record<string, string> = {};
    for (const { name, to } of neededOwnReferences(entity)) {
      const target = manifest.owns.find((owned) => owned.entity === to)!;
      const one = await row(target, owner);
      if ('id' in one) made[name] = one.id;
    }
    return made;
  };

  const row: Lab['row'] = async (entity, { company }, values = {}) => {
    const id = `${manifest.key}.${entity.entity}.create`;
    const route = routes.find((it) => it.id === id);
    if (!route) {
      const elsewhere = declared.some((it) => it.id === id);
      return { why: elsewhere ? 'another service makes its rows' : 'it declares no way to make a row' };
    }
    const maker = { ...person(), company };
    const made = await call(route, {
      person: maker,
      body: { ...createBody(entity, await references(entity, maker)), ...values },
    });
    const data = (made.json as { data?: { id?: unknown } } | undefined)?.data;
    return typeof data?.id === 'string'
      ? { id: data.id }
      : { why: `making a row was answered ${made.status}${said(made.json)}` };
  };

  const body: Lab['body'] = async ({ id, derived, method }, owner) => {
    if (derived?.kind === 'create')
      return createBody(derived.entity, await references(derived.entity, owner));
    if (derived?.kind === 'update') return updateBody(derived.entity);
    if (!derived && bodies[id]) return fromSchema(bodies[id]);
    return derived || method === 'GET' || method === 'DELETE' ? undefined : {};
  };

  return { service, manifest, routes, world, recorded, signatures, person, credentials, call, row, body };
}
