import { expect } from 'chai';
import { defineModule } from '../../../modules/kit/define-module.ts';
import type { Change } from '../../../modules/kit/change.ts';
import { collection, named } from '../../../modules/kit/collection.ts';
import { changeSchema, createSchema } from '../../../modules/kit/entity-schemas.ts';
import { forbidden } from '../../../modules/kit/errors.ts';
import { type ManifestError, parseManifest } from '../../../modules/manifest/read.ts';
import { backend, type Backend } from '../support/backend.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';
import { refusal } from '../support/http.ts';

/** Its id has letters, which may be written large. */
const LYRE = 'abcdefab-0000-4000-8000-000000000001';
const SOLO = '33333333-3333-4333-8333-333333333333';

/** A note is from one company to another; a reply goes back to whoever made the note. */
const YAML = `apiVersion: kisum.dev/v1
kind: Module
metadata: { uid: 01M834NVW89JS3E4BG1WYYDQE6, key: post, title: Post, owner: team-post, purpose: Letters. }
spec:
  type: addon
  data:
    owns:
      - entity: note
        plural: notes
        companies: [from_company_id, to_company_id]
        fields: [{ name: words, type: text }]
      - entity: reply
        plural: replies
        companies: [author_company_id, reader_company_id]
        fields:
          - { name: note_id, type: reference, to: note, company: reader_company_id }
          - { name: words, type: text }
  mustNot: [be sold]
`;
const manifest = parseManifest(YAML, 'post.yaml');
const common =
  'id uuid primary key default gen_random_uuid(), created_at timestamptz(3) default now(), updated_at timestamptz(3) default now(), words text';
const migrations = [
  {
    name: '0001',
    up: [
      `create table note (${common}, from_company_id uuid not null, to_company_id uuid not null)`,
      `create table reply (${common}, author_company_id uuid not null, reader_company_id uuid not null, note_id uuid references note)`,
    ],
    down: [],
  },
];

function faultsOf(text: string): string[] {
  try {
    parseManifest(text, 'post.yaml');
    return [];
  } catch (error) {
    return (error as ManifestError).faults;
  }
}

describe('rows of two companies', () => {
  let module: Backend;
  const sides: string[] = [];

  before(async function () {
    this.timeout(120_000);
    const rule = ({ side, before }: Change) => {
      sides.push(side);
      if (before && side !== 'from_company_id') throw forbidden('only who wrote it');
    };
    const handlers = {
      ...named('note', collection(manifest, 'note', { rule })),
      ...named('reply', collection(manifest, 'reply')),
    };
    module = await backend(defineModule(manifest, { handlers, migrations }));
  });
  after(() => module.close());
  beforeEach(() => void sides.splice(0));

  const post = (company: string, path: string, body: object) => module.as(company).send('POST', path, body);
  const note = async (): Promise<string> =>
    (await post(ACME, '/notes', { words: 'hello', to_company_id: BLUENOTE })).body.data.id;

  it('are made by the first, who names the second', async () => {
    const { body } = await post(ACME, '/notes', { words: 'hello', to_company_id: BLUENOTE.toUpperCase() });
    expect(body.data).to.include({ from_company_id: ACME, to_company_id: BLUENOTE });
    expect(refusal(await post(ACME, '/notes', { words: 'hello' }))).to.equal(
      '400 validation_error: {"to_company_id":"is missing"}',
    );
    expect(
      refusal(await post(LYRE, '/notes', { words: 'hello', to_company_id: LYRE.toUpperCase() })),
    ).to.equal('400 validation_error: both sides of it would be this company');
    const forged = { words: 'hello', to_company_id: ACME, from_company_id: BLUENOTE };
    expect(refusal(await post(ACME, '/notes', forged))).to.equal(
      '400 validation_error: {"from_company_id":"is unknown"}',
    );
  });

  it('are seen by both, and tell a rule which of them asks', async () => {
    const path = `/notes/${await note()}`;
    for (const [company, status] of [
      [ACME, 200],
      [BLUENOTE, 200],
      [SOLO, 404],
    ] as const) {
      expect((await module.as(company).send('GET', path)).status).to.equal(status);
    }
    sides.splice(0);
    expect((await module.as(ACME).send('PATCH', path, { words: 'hi' })).status).to.equal(200);
    expect((await module.as(BLUENOTE).send('PATCH', path, { words: 'ho' })).status).to.equal(403);
    expect((await module.as(BLUENOTE).send('DELETE', path)).status).to.equal(403);
    expect((await module.as(SOLO).send('DELETE', path)).status).to.equal(404);
    expect(sides).to.deep.equal(['from_company_id', 'to_company_id', 'to_company_id']);
  });

  it('take the second from what they point to, where the manifest says so', async () => {
    const note_id = await note();
    const { body } = await post(BLUENOTE, '/replies', { note_id, words: 'hello yourself' });
    expect(body.data).to.include({ author_company_id: BLUENOTE, reader_company_id: ACME });
    expect((await module.acme.send('GET', `/replies/${body.data.id}`)).status).to.equal(200);
    const refused = [
      await post(BLUENOTE, '/replies', { note_id, words: 'x', reader_company_id: SOLO }),
      await post(ACME, '/replies', { note_id, words: 'to myself' }),
      await post(SOLO, '/replies', { note_id, words: 'x' }),
      await module.as(BLUENOTE).send('PATCH', `/replies/${body.data.id}`, { note_id: await note() }),
    ];
    expect(refused.map(refusal)).to.deep.equal([
      '400 validation_error: {"reader_company_id":"is unknown"}',
      '400 validation_error: both sides of it would be this company',
      '400 validation_error: {"note_id":"is no note of this company"}',
      '400 validation_error: {"note_id":"is unknown"}',
    ]);
  });

  it('have schemas that say who names whom', () => {
    const [first, second] = manifest.owns;
    expect(createSchema(first!)['required']).to.deep.equal(['to_company_id', 'words']);
    expect(createSchema(second!)['required']).to.deep.equal(['note_id', 'words']);
    expect(changeSchema(second!)['properties']).to.have.all.keys('words');
  });

  it('are refused in a manifest whose reference gives what it cannot', () => {
    const given = 'company: reader_company_id';
    expect(faultsOf(YAML)).to.deep.equal([]);
    const faults = [
      [given, 'company: author_company_id'],
      [given, `${given}, required: false`],
      ['name: words, type: text }\n  mustNot', `name: words, type: text, ${given} }\n  mustNot`],
    ].map(([from, to]) => {
      expect(YAML).to.include(from);
      return faultsOf(YAML.replace(from!, to!)).join().replace(/^\S+ /, '');
    });
    expect(faults).to.deep.equal([
      'reply.note_id gives author_company_id, which is not the second of its companies',
      'reply.note_id gives reader_company_id, so it cannot be left out',
      'reply.words is of type text, which knows no company',
    ]);
  });
});
