import { expect } from 'chai';
import { routesOf } from '../../modules/manifest/derive.ts';
import { discoverManifests } from '../../modules/manifest/discover.ts';
import { openStage, type CallOptions, type Stage } from '../support/stage.ts';

interface Operation {
  operationId: string;
  security: object[];
  'x-kisum-permission'?: string;
  parameters?: { name: string; in: string }[];
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

describe('the description of the API', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  const ask = (options: CallOptions = {}) => stage.call('/openapi.json', { company: null, ...options });

  it('is for who has a valid token, with a company or without', async () => {
    const stranger = await ask({ user: null });
    expect(stranger.status).to.equal(401);
    expect(await stranger.text()).to.not.include('/api/');
    expect((await ask({ user: null, headers: { authorization: 'Bearer a.b.c' } })).status).to.equal(401);
    expect((await ask({ user: 'drew' })).status).to.equal(200);
    expect((await ask({ method: 'POST', company: 'acme' })).status).to.equal(404);
  });

  it('holds every route, with its permission, its parameters and how to be allowed', async () => {
    const { openapi, paths } = (await (await ask()).json()) as Document;
    expect(openapi).to.equal('3.1.0');
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const declared = discoverManifests().flatMap(({ manifest }) => routesOf(manifest));
    expect(operations.map(({ operationId }) => operationId)).to.have.members(declared.map(({ id }) => id));
    for (const { id, method, path, access, permission } of declared) {
      const operation = paths[path.replace(/:\w+\}/g, '}')]?.[method.toLowerCase()];
      expect(operation, id).to.include({ operationId: id });
      expect(operation!['x-kisum-permission'], id).to.equal(permission);
      expect(operation!.security, id).to.have.length(access === 'public' ? 0 : 1);
      const names = (operation!.parameters ?? []).map((it) => `${it.in} ${it.name}`);
      expect(names.includes('header x-org'), id).to.equal(access === 'module');
      for (const [, name] of path.matchAll(/\{(\w+):/g)) expect(names, id).to.include(`path ${name}`);
    }
  });

  it('points to nothing that is not in it, although modules name their entities alike', async () => {
    const text = await (await ask()).text();
    const document = JSON.parse(text) as Record<string, unknown>;
    const refs = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref!);
    expect(refs)
      .to.include('components/schemas/promoter.event')
      .and.include('components/schemas/venue.event');
    for (const ref of new Set(refs)) {
      const found = ref
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
      expect(found, ref).to.be.an('object');
    }
  });

  it('is sent once for each catalog', async () => {
    const etag = (await ask()).headers.get('etag')!;
    expect(etag).to.match(/^"[\w-]{43}"$/);
    const again = await ask({ headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, again.headers.get('etag'), await again.text()]).to.deep.equal([304, etag, '']);
    expect((await ask({ headers: { 'if-none-match': '"catalog-0"' } })).status).to.equal(200);
    const head = await ask({ method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).to.deep.equal([200, etag, '']);
  });
});
