import { expect } from 'chai';
import { refused } from '../support/refused.ts';
import { firstAnswer, raw, rawRequest } from '../support/raw.ts';
import { claimsOf, headerOf, part, seal } from '../support/seal.ts';
import { COMPANY, openStage, USER, type Stage } from '../support/stage.ts';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];

describe('prototype tricks', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());
  afterEach(() => expect({}).to.not.have.property('polluted'));

  for (const name of NAMES) {
    it(`${name} as a module, an entity, a path: 404`, async () => {
      for (const path of [`/api/${name}`, `/api/${name}/events`, `/api/promoter/${name}`, `/${name}`]) {
        expect((await refused(await stage.call(path))).status).to.equal(404);
      }
    });

    it(`${name} as an id: 404, for it is none`, async () => {
      expect((await refused(await stage.call(`/api/promoter/events/${name}`))).status).to.equal(404);
    });

    it(`${name} as a query key passes on as it came`, async () => {
      const response = await stage.call(`/api/promoter/events?${name}[polluted]=1&${name}=2`);
      expect(response.status).to.equal(200);
      expect(decodeURIComponent(stage.seen.at(-1)!.url)).to.equal(
        `/api/promoter/events?${name}[polluted]=1&${name}=2`,
      );
    });

    it(`${name} as a header is left out, and changes nothing`, async () => {
      const bytes = rawRequest('/api/promoter/events', {
        authorization: `Bearer ${await stage.token('ana')}`,
        'x-org': COMPANY.acme,
        connection: `close, ${name}`,
      }).replace('\r\n\r\n', `\r\n${name}: polluted\r\n\r\n`);
      expect(firstAnswer(await raw(stage.gateway.url, bytes)).status).to.equal(200);
      const names = stage.seen.at(-1)!.rawHeaders.map((it) => it.toLowerCase());
      expect(names).to.not.include(name.toLowerCase());
    });

    it(`${name} in a JSON body passes on byte for byte`, async () => {
      const body = `{"${name}":{"polluted":true},"title":"x"}`;
      await stage.call('/api/promoter/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(stage.seen.at(-1)!.body).to.equal(body);
    });

    it(`${name} in the body of a ticket is no route: 400; as a route: 400 or 404`, async () => {
      const BODIES = [
        `{"${name}":{"route":"/api/promoter/events"}}`,
        `{"route":{"${name}":"/api/promoter/events"}}`,
        `{"route":"${name}"}`,
        `{"route":"/api/${name}/events"}`,
        `"${name}"`,
        'null',
      ];
      for (const body of BODIES) {
        const response = await stage.call('/access/ticket', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        expect((await refused(response)).status, body).to.be.oneOf([400, 404]);
      }
    });

    it(`${name} in a token stands for no claim: 401`, async () => {
      const { sub, ...others } = claimsOf(USER.ana);
      const hidden = `{"${name}":${JSON.stringify({ sub })},${JSON.stringify(others).slice(1)}`;
      const tokens = [
        seal(stage.key, part(headerOf(stage.key)), part(hidden)),
        seal(stage.key, part(`{"${name}":${JSON.stringify(headerOf(stage.key))}}`), part(claimsOf(USER.ana))),
        seal(stage.key, part({ ...headerOf(stage.key), kid: name }), part(claimsOf(USER.ana))),
        seal(stage.key, part({ ...headerOf(stage.key), alg: name }), part(claimsOf(USER.ana))),
      ];
      for (const token of tokens) {
        const headers = { authorization: `Bearer ${await token}` };
        const response = await stage.call('/api/promoter/events', { user: null, headers });
        expect((await refused(response)).status).to.equal(401);
      }
    });

    it(`${name} among the services changes no other service`, async () => {
      const env = {
        UPSTREAMS: `{"${name}":"http://127.0.0.1:1","promoter":${JSON.stringify(stage.backend.url)}}`,
      };
      const other = await openStage({ env });
      try {
        expect((await other.call('/api/promoter/events')).status).to.equal(200);
        expect((await refused(await other.call('/api/finance/expenses'))).status).to.equal(503);
      } finally {
        await other.close();
      }
    });
  }
});
