import { expect } from 'chai';
import { collection, named } from '../../../modules/kit/collection.ts';
import { defineModule } from '../../../modules/kit/define-module.ts';
import { changeSchema, createSchema, listSchema } from '../../../modules/kit/entity-schemas.ts';
import type { Handler } from '../../../modules/kit/handler.ts';
import { columnOf } from '../../../modules/manifest/fields.ts';
import { type ManifestError, parseManifest } from '../../../modules/manifest/read.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, ANA, assertionSigner, BLUENOTE, tokenSigner } from '../support/gateway-keys.ts';
import { demoModule, serve } from '../support/demo.ts';
import { call, json, refusal, stub } from '../support/http.ts';

/** A deal belongs to a business unit; a note on one is of the whole company. */
const YAML = `apiVersion: kisum.dev/v1
kind: Module
metadata: { uid: 01M834NVW89JS3E4BG1WYYDQE6, key: market, title: Market, owner: team, purpose: Deals by branch. }
spec:
  type: addon
  data:
    owns:
      - entity: deal
        plural: deals
        scope: unit
        fields:
          - { name: title, type: text }
          - { name: after_id, type: reference, to: deal, required: false }
      - entity: note
        plural: notes
        fields: [{ name: deal_id, type: reference, to: deal }, { name: words, type: text }]
  routes:
    - id: market.deal.titles
      method: GET
      path: /api/market/titles
      access: module
      permission: market.deal.view
      entity: market.deal
  mustNot: [be sold]
`;
const manifest = parseManifest(YAML, 'market.yaml');
const deal = manifest.owns[0]!;
const columns = (of: number): string =>
  [
    'id uuid primary key default gen_random_uuid(), company_id uuid not null',
    'created_at timestamptz(3) default now(), updated_at timestamptz(3) default now()',
    ...manifest.owns[of]!.fields.map(columnOf),
  ].join(', ');
const migrations = [
  { name: '0001', up: [`create table deal (${columns(0)})`, `create table note (${columns(1)})`], down: [] },
];

/** Asks in its own words, and says nothing of units. */
const titles: Handler = {
  async handle(request) {
    const found = await request.transaction((tx) =>
      tx.raw<{ rows: { title: string }[] }>('select title from deal order by title'),
    );
    return { data: { units: request.units, titles: found.rows.map(({ title }) => title) } };
  },
};

const market = defineModule(manifest, {
  handlers: {
    ...named('deal', collection(manifest, 'deal')),
    ...named(
      'note',
      collection(manifest, 'note', {
        rule: async ({ take, after }) => void (after && (await take('deal', after['deal_id']))),
      }),
    ),
    'deal.titles': titles,
  },
  migrations,
});

const BEYOND = '400 validation_error: {"unit":"is not one of your business units"}';
const NO_DEAL = '400 validation_error: {"deal_id":"is no deal of this company"}';

describe('rows of business units', () => {
  let module: Backend;
  let id: { rotterdam: string; berlin: string };

  before(async function () {
    this.timeout(120_000);
    module = await backend(market);
  });
  after(() => module.close());

  const limited = (...units: string[]) => module.as(ACME, undefined, units);
  const make = async (unit: string): Promise<string> =>
    (await module.acme.send('POST', '/deals', { title: unit, unit })).body.data.id;
  beforeEach(async () => {
    for (const { id: old } of (await module.acme.send('GET', '/deals')).body.data)
      await module.acme.send('DELETE', `/deals/${old}`);
    id = { rotterdam: await make('rotterdam'), berlin: await make('berlin') };
  });
  const listed = async (who: ReturnType<Backend['as']>, query = '') =>
    (await who.send('GET', `/deals${query}`)).body.data.map(({ unit }: { unit: string }) => unit);

  it('are listed within the limit, whatever the query asks', async () => {
    expect(await listed(module.acme)).to.deep.equal(['berlin', 'rotterdam']);
    expect(await listed(module.acme, '?unit=berlin')).to.deep.equal(['berlin']);
    expect(await listed(limited('berlin'))).to.deep.equal(['berlin']);
    expect(await listed(limited('berlin'), '?unit=rotterdam')).to.deep.equal([]);
    expect(await listed(limited('berlin', 'rotterdam', 'paris'))).to.deep.equal(['berlin', 'rotterdam']);
    expect(await listed(limited())).to.deep.equal([]);
  });

  it('beyond the limit are not there: 404 to read, to change and to delete', async () => {
    const path = `/deals/${id.rotterdam}`;
    for (const who of [limited('berlin'), limited(), module.as(BLUENOTE, undefined, ['rotterdam'])]) {
      expect(refusal(await who.send('GET', path))).to.equal('404 not_found: not found');
      expect(refusal(await who.send('PATCH', path, { title: 'x' }))).to.equal('404 not_found: not found');
      expect((await who.send('PATCH', path, { unit: 'berlin' })).status).to.equal(404);
      expect(refusal(await who.send('DELETE', path))).to.equal('404 not_found: not found');
    }
    expect((await limited('rotterdam').send('GET', path)).body.data.title).to.equal('rotterdam');
    expect((await limited('rotterdam').send('DELETE', path)).status).to.equal(204);
  });

  it('are made and moved within the limit alone, be there such a unit or not', async () => {
    const who = limited('berlin', 'paris');
    const body = { title: 'new', unit: 'rotterdam' };
    expect(refusal(await who.send('POST', '/deals', body))).to.equal(BEYOND);
    expect(refusal(await who.send('POST', '/deals', { ...body, unit: 'atlantis' }))).to.equal(BEYOND);
    expect(refusal(await limited().send('POST', '/deals', body))).to.equal(BEYOND);
    expect((await who.send('POST', '/deals', { ...body, unit: 'paris' })).status).to.equal(201);
    expect(refusal(await who.send('PATCH', `/deals/${id.berlin}`, { unit: 'rotterdam' }))).to.equal(BEYOND);
    const moved = await who.send('PATCH', `/deals/${id.berlin}`, { unit: 'paris' });
    expect(moved.body.data.unit).to.equal('paris');
    expect((await module.acme.send('PATCH', `/deals/${id.berlin}`, { unit: 'rotterdam' })).status).to.equal(
      200,
    );
  });

  it('need a unit, of the shape of one', async () => {
    expect(refusal(await module.acme.send('POST', '/deals', { title: 'x' }))).to.equal(
      '400 validation_error: {"unit":"is missing"}',
    );
    for (const unit of ['', 'Berlin', 'a,b', '*', 'a--b', 'x'.repeat(65), null, ['berlin']])
      expect((await module.acme.send('POST', '/deals', { title: 'x', unit })).status).to.equal(400);
  });

  it('beyond the limit are referred to by nobody, as if there were none', async () => {
    const who = limited('berlin');
    const after = (after_id: string) => ({ title: 'x', unit: 'berlin', after_id });
    expect(refusal(await who.send('POST', '/deals', after(id.rotterdam)))).to.equal(
      NO_DEAL.replace('deal_id', 'after_id'),
    );
    expect((await who.send('POST', '/deals', after(id.berlin))).status).to.equal(201);
    const words = { words: 'x' };
    expect(refusal(await who.send('POST', '/notes', { ...words, deal_id: id.rotterdam }))).to.equal(NO_DEAL);
    const { body } = await module.acme.send('POST', '/notes', { ...words, deal_id: id.rotterdam });
    const path = `/notes/${body.data.id}`;
    // The note is there for all; what its rule needs of the deal is not.
    expect((await who.send('GET', path)).status).to.equal(200);
    expect(refusal(await who.send('PATCH', path, { words: 'y' }))).to.equal('404 not_found: not found');
    expect((await module.acme.send('DELETE', path)).status).to.equal(204);
  });

  it('are all that a query of a handler finds, which may read the limit', async () => {
    const told = async (who: ReturnType<Backend['as']>) => (await who.send('GET', '/titles')).body.data;
    expect(await told(limited('berlin'))).to.deep.equal({ units: ['berlin'], titles: ['berlin'] });
    expect(await told(limited())).to.deep.equal({ units: [], titles: [] });
    expect(await told(module.acme)).to.deep.equal({ units: null, titles: ['berlin', 'rotterdam'] });
  });

  it('have schemas that name the unit', () => {
    expect(createSchema(deal)['required']).to.deep.equal(['title', 'unit']);
    expect(changeSchema(deal)['properties']).to.include.keys('unit');
    expect(listSchema(deal)['properties']).to.include.keys('unit');
    expect(createSchema(manifest.owns[1]!)['properties']).to.not.have.any.keys('unit');
  });

  it('are refused in a manifest that gives them to others, or the field twice', () => {
    const faultsOf = (from: string, to: string): string => {
      expect(YAML).to.include(from);
      try {
        parseManifest(YAML.replace(from, to), 'market.yaml');
        return '';
      } catch (error) {
        return (error as ManifestError).faults.join();
      }
    };
    const scope = '        scope: unit\n';
    expect(faultsOf(scope, `${scope}        companies: [from_company_id, to_company_id]\n`)).to.equal(
      'market.yaml:10:9 deal is of two companies, so its rows belong to no business unit',
    );
    expect(faultsOf(scope, `${scope}        audience: everyone\n`)).to.equal(
      'market.yaml:10:9 deal is for everyone, so its rows belong to no business unit',
    );
    expect(faultsOf('name: title, type: text', 'name: unit, type: text')).to.match(
      /^market.yaml:\d+:\d+ deal.unit is declared, and scope: unit gives it already$/,
    );
    expect(faultsOf(scope, '        scope: team\n')).to.include('must be equal to one of the allowed values');
    expect(
      faultsOf('type: text }\n          - { name: after', 'type: unit }\n          - { name: after'),
    ).to.include('must be equal to one of the allowed values');
    expect(faultsOf(scope, '        scope: unit\n        shared: true\n')).to.equal('');
  });
});

describe('the limit of a module called directly', () => {
  const { definition } = demoModule({ 'thing.list': { handle: ({ units }) => ({ data: { units } }) } });
  const data = {
    userId: ANA,
    companyId: ACME,
    tenantRole: null,
    modules: ['demo'],
    permissions: ['demo.thing.view'],
  };

  it('is what Auth says; none where it says nothing, and 503 where that cannot be read', async () => {
    const signer = await tokenSigner();
    let scope: unknown;
    const auth = await stub((path, response) =>
      path === '/.well-known/jwks.json'
        ? json(response, 200, signer.jwks)
        : json(response, 200, { success: true, data: { ...data, ...(scope !== undefined && { scope }) } }),
    );
    const served = await serve(definition, {
      assertionKeys: (await assertionSigner('demo')).jwks,
      auth: { url: auth.url, issuer: 'https://auth.test', audience: 'kisum' },
    });
    const headers = { authorization: `Bearer ${await signer.sign()}`, 'x-org': ACME };
    const told = async (given: unknown) => {
      scope = given;
      const { status, body } = await call(`${served.url}/api/demo/things`, { headers });
      return status === 200 ? body.data.units : status;
    };
    expect(await told(undefined)).to.equal(null);
    expect(await told({ units: null })).to.equal(null);
    expect(await told({ units: ['berlin'] })).to.deep.equal(['berlin']);
    expect(await told({ units: [] })).to.deep.equal([]);
    for (const strange of [null, {}, [], 'berlin', { units: 'berlin' }, { units: [1] }, { units: ['*'] }])
      expect(await told(strange), JSON.stringify(strange)).to.equal(503);
    await served.close();
    await auth.close();
  });
});
