import { expect } from 'chai';
import { examinationOf } from '../../../../cli/conformance/runtime/examination.ts';
import { turns } from '../../../../cli/conformance/runtime/in-turns.ts';
import { matrixText } from '../../../../cli/conformance/runtime/matrix.ts';
import { fromSchema } from '../../../../cli/conformance/runtime/lab/from-schema.ts';
import { reproduction } from '../../../../cli/conformance/runtime/lab/reproduction.ts';
import { createBody } from '../../../../cli/conformance/runtime/lab/sample.ts';
import { addressOf } from '../../../../cli/conformance/runtime/service/egress.ts';
import { createSchema } from '../../../../modules/kit/entity-schemas.ts';
import { bodyChecker } from '../../../../modules/kit/validation.ts';
import { discoverManifests } from '../../../../modules/manifest/discover.ts';

describe('the egress guard', () => {
  const forms: [string, unknown[], string][] = [
    ['options', [{ host: 'bank.test', port: 443 }], 'bank.test:443'],
    ['options without a host', [{ port: 80 }], 'localhost:80'],
    ['a path in options', [{ path: '/run/x.sock' }], 'path /run/x.sock'],
    ['port and host', [5432, 'db.test'], 'db.test:5432'],
    ['a port as text', ['5432', 'db.test'], 'db.test:5432'],
    ['a port alone', [5432], 'localhost:5432'],
    ['a port and a listener', [5432, () => undefined], 'localhost:5432'],
    ['a path', ['/run/x.sock'], 'path /run/x.sock'],
    ['what node makes of any of them', [[{ host: 'db.test', port: 1 }, null]], 'db.test:1'],
  ];
  for (const [what, args, address] of forms) {
    it(`reads ${what}`, () => expect(addressOf(args)).to.equal(address));
  }
});

describe('a sample body', () => {
  it('is what the kit of every module accepts', () => {
    const entities = discoverManifests().flatMap(({ manifest }) =>
      manifest.owns.filter(({ actions }) => actions.includes('create')),
    );
    expect(entities).to.not.be.empty;
    for (const entity of entities) bodyChecker(createSchema(entity))(createBody(entity));
  });
});

describe('a body from a handler’s own schema', () => {
  it('is the least that fits', () => {
    const schema = {
      type: 'object',
      required: ['messages'],
      properties: {
        messages: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['from', 'text', 'n', 'yes'],
            properties: {
              from: { enum: ['user', 'assistant'] },
              text: { type: 'string', minLength: 8 },
              n: { type: 'integer', minimum: 3 },
              yes: { type: ['boolean', 'null'] },
            },
          },
        },
        note: { type: 'string' },
      },
    };
    expect(fromSchema(schema)).to.deep.equal({
      messages: [{ from: 'user', text: 'sample..', n: 3, yes: true }],
    });
  });
});

describe('a finding', () => {
  const exchange = {
    sent: {
      method: 'POST',
      path: '/api/x/11111111-1111-4111-8111-111111111111',
      headers: [
        ['authorization', `Bearer ${'a'.repeat(30)}.${'b'.repeat(30)}.c`],
        ['x-request-id', 'probe-1'],
      ] as [string, string][],
      body: `{"it's":1}`,
    },
    status: 200,
    headers: {},
    text: '',
    json: undefined,
  };
  const examined = [
    { what: 'one', fault: 'expected 403, got 200', exchange },
    { what: 'two', fault: 'expected 403, got 200', exchange },
  ];

  it('comes with a line to paste, without what only this run could know', () => {
    expect(reproduction(exchange)).to.equal(
      `curl -i --path-as-is -X POST "$MODULE_URL"'/api/x/<uuid>' -H 'authorization: Bearer <token>' --data-raw '{"it'\\''s":1}'`,
    );
  });

  it('is one for a probe and a route, and says how much more there is', () => {
    const results = [{ route: 'GET /api/x', rule: 'KSM-P06', examined }];
    const {
      findings,
      matrix,
      examined: counts,
    } = examinationOf({
      module: 'x',
      service: 'x',
      routes: ['GET /api/x'],
      results,
      requests: 2,
    });
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'GET /api/x: one: expected 403, got 200 (and 1 more)',
    ]);
    expect(counts).to.deep.equal({ modules: 1, routes: 1, probes: 1, requests: 2 });
    expect(matrixText(matrix)).to.include('GET /api/x').and.to.include('✗');
  });
});

describe('turns', () => {
  it('lets no more run at once than it was told, and all in the end', async () => {
    const turn = turns(3);
    let running = 0;
    let most = 0;
    const jobs = Array.from({ length: 20 }, (_, index) =>
      turn(async () => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running -= 1;
        return index;
      }),
    );
    expect(await Promise.all(jobs)).to.have.length(20);
    expect(most).to.equal(3);
  });
});
