import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { loadBundle } from '../policies/engine/bundle.ts';
import { createEngine } from '../policies/engine/engine.ts';
import { Access } from '../gateway/access/access.ts';
import type { Catalog } from '../gateway/catalog/catalog.ts';
import { buildPath } from '../gateway/catalog/routes.ts';
import { AccessDocuments } from '../gateway/doors/access-document.ts';
import { createLog } from '../gateway/log.ts';
import { buildParts, openParts, type Parts } from '../gateway/parts.ts';
import { Exchange, type Step } from '../gateway/request/exchange.ts';
import { parseTarget } from '../gateway/request/target.ts';
import { correlate } from '../gateway/steps/correlate.ts';
import { decide, explain } from '../gateway/steps/decide.ts';
import { enforce } from '../gateway/steps/enforce.ts';
import { upstreamRequest } from '../gateway/steps/forward.ts';
import { locate } from '../gateway/steps/locate.ts';
import { record } from '../gateway/steps/record.ts';
import { requireCompany } from '../gateway/steps/require-company.ts';
import { resolveAccess } from '../gateway/steps/resolve-access.ts';
import { validateJwt } from '../gateway/steps/validate-jwt.ts';
import { responseHeaders } from '../gateway/upstream/headers.ts';

import { answerParent } from './child.ts';
import type { Job } from './contestants/job.ts';
import { openDemo } from './demo.ts';
import { PATH } from './identity.ts';
import { timeAll, TURNS, type Timed } from './stopwatch.ts';

export interface StagesJob extends Job {
  headers: Record<string, string>;
  /** Different tokens of the same user, none of them seen before. */
  tokens: string[];
}

/** Each in microseconds of processor time. */
export interface Stages {
  /** What every remembered request goes through, in order. */
  path: Record<string, number>;
  /** What is done when something is not remembered, and parts of the above. */
  rare: Record<string, number>;
}

/** Of the access document that is measured. */
const ACTIONS = 200;

const ANSWER = [
  'Date',
  'Mon, 01 Jan 2029 00:00:00 GMT',
  'Content-Type',
  'application/json',
  'Content-Length',
  '1024',
];
const RESPONSE = ['Server', 'nginx', ...ANSWER, 'Connection', 'keep-alive'].map((it) => Buffer.from(it));

/** Times the gateway's own steps one by one, on a real request that has been through all of them. */
answerParent(async ({ headers, tokens, ...job }: StagesJob) => {
  const { db, config } = await openDemo(job);
  const parts = await buildParts(config, db, createLog('info').log);
  await openParts(parts);
  const request = requestOf(headers);
  const write = record(parts);
  const steps: [string, Step][] = [
    ['correlate: ids, header lines', correlate(parts)],
    ['locate: target, route', locate(parts)],
    ['validate-jwt: remembered token', validateJwt(parts)],
    ['require-company', requireCompany(parts)],
    ['resolve-access: remembered', resolveAccess(parts.access)],
    ['decide: remembered', decide(parts)],
    ['enforce', enforce],
  ];
  const exchange = new Exchange(request, new ServerResponse(request));
  for (const [, step] of steps) await step(exchange);
  const upstream = parts.upstreams.get(job.backend);
  const assertion = await parts.issuer.assert(exchange);

  const path: Timed[] = [
    { name: 'exchange', run: () => new Exchange(request, exchange.res) },
    ...steps.map(([name, step]) => ({ name, run: () => step(exchange) })),
    { name: 'assertion: reused', run: () => parts.issuer.assert(exchange) },
    { name: 'forward: path, header filter', run: () => upstreamRequest(exchange, upstream, assertion) },
    { name: 'answer: header filter', run: () => responseHeaders(RESPONSE) },
    { name: 'record: log line, metrics', run: () => write(exchange) },
  ];
  const seldom = [...rare(exchange, parts, tokens), ...(await documents(exchange, parts))];
  const stages: Stages = { path: await timeAll(path), rare: await timeAll(seldom) };
  return stages;
});

function rare(exchange: Exchange, parts: Parts, tokens: string[]): Timed[] {
  const write = record({ ...parts, metrics: { observe() {} } as never });
  const unseen = tokens.values();
  const { verifier, access, catalogs, issuer } = parts;
  const { routes, engine } = catalogs.current;
  const { userId, companyId, access: known } = exchange;
  const about = { route: exchange.match!.route.id, authenticated: true, caller: null };
  const lean = { ...about, access: known!.forModule(exchange.match!.route.module!).facts };
  const rich = { ...about, access: known!.record.facts };
  return [
    { name: 'target parse', run: () => parseTarget(`${PATH}?cursor=abc&limit=50`) },
    { name: 'route find', run: () => routes.find('GET', PATH) },
    { name: 'upstream path', run: () => buildPath(exchange.match!) },
    {
      name: 'token verified anew (RS256)',
      calls: tokens.length / TURNS,
      run: () => verifier.verify(unseen.next().value!),
    },
    {
      name: 'access read from the database (embedded)',
      calls: 30,
      run: () => {
        access.forget(userId!, companyId!);
        return access.access(userId!, companyId!);
      },
    },
    { name: 'decision, lean', calls: 5000, run: () => engine.decide(lean) },
    { name: 'decision, all facts of the user', calls: 5000, run: () => engine.decide(rich) },
    { name: 'decision explained', calls: 5000, run: () => explain(exchange) },
    {
      name: 'assertion signed (Ed25519)',
      calls: 500,
      run: () => {
        known!.assertionsUnder(exchange.catalog).clear();
        return issuer.assert(exchange);
      },
    },
    { name: 'log line alone', run: () => write(exchange) },
  ];
}

/** `GET /access/me` over a catalog of 200 actions, to somebody who has half of the modules and a third of the permissions. */
async function documents({ catalog, access }: Exchange, parts: Parts): Promise<Timed[]> {
  const modules = Object.keys(catalog.data.modules);
  const permissions = Object.fromEntries(
    Array.from({ length: ACTIONS }, (_, i) => {
      const module = modules[i % modules.length]!;
      return [`${module}.thing${i}.view`, { module }];
    }),
  );
  const engine = await createEngine(await loadBundle(), { ...catalog.data, permissions });
  const many: Catalog = { ...catalog, engine };
  const { userId, companyId, record } = access!;
  const facts = {
    ...record.facts,
    modules: modules.filter((_, i) => i % 2 === 0),
    permissions: Object.keys(permissions).filter((_, i) => i % 3 === 0),
  };
  const known = new Access(userId, companyId, { ...record, facts }, 0);
  const remembering = new AccessDocuments(parts);
  return [
    {
      name: `access document of ${ACTIONS} actions`,
      calls: 50,
      run: () => new AccessDocuments(parts).of(known, many),
    },
    { name: 'the same, remembered', calls: 500, run: () => remembering.of(known, many) },
  ];
}

/** As Node's parser hands it over. */
function requestOf(headers: Record<string, string>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  const all = { host: '127.0.0.1:8080', ...headers };
  request.rawHeaders = Object.entries(all).flat();
  request.headers = all;
  request.method = 'GET';
  request.url = PATH;
  request.httpVersion = '1.1';
  return request;
}
