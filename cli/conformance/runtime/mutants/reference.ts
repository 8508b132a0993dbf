import {
  collection,
  defineModule,
  type Handler,
  type ModuleDefinition,
  named,
} from '../../../../modules/kit/index.ts';
import { columnOf } from '../../../../modules/manifest/fields.ts';
import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import { parseManifest } from '../../../../modules/manifest/read.ts';

/** The module that mutants are made of; it stands in no folder, and nobody can buy it. */
const YAML = `apiVersion: kisum.dev/v1
kind: Module
metadata:
  uid: 01M834NVW9KX5T3C7R2YH6ZQ4B
  key: reference
  title: Reference
  owner: team-platform
  purpose: Is right, so that what is made wrong of it is wrong in one thing alone.
spec:
  type: addon
  data:
    owns:
      - entity: note
        plural: notes
        scope: unit
        fields:
          - { name: title, type: text, filter: true }
          - { name: amount, type: money, required: false }
          - { name: after_id, type: reference, to: note, required: false }
  mustNot: [be sold]
`;

export const REFERENCE: Manifest = parseManifest(YAML, 'reference/module.yaml');

const NOTE = REFERENCE.owns[0]!;
const COLUMNS = [
  'id uuid primary key default gen_random_uuid()',
  'company_id uuid not null',
  ...NOTE.fields.map(columnOf),
  'created_at timestamptz(3) not null default now()',
  'updated_at timestamptz(3) not null default now()',
];

/** @param handlers in place of the right ones: `note.get` */
export function reference(handlers: Record<string, Handler> = {}): ModuleDefinition {
  return defineModule(REFERENCE, {
    handlers: { ...named('note', collection(REFERENCE, 'note')), ...handlers },
    migrations: [
      { name: '0001-notes', up: [`create table note (${COLUMNS.join(', ')})`], down: ['drop table note'] },
    ],
  });
}
