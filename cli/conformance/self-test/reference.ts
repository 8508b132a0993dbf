import { parseManifest } from '../../../modules/manifest/read.ts';
import { lockFiles } from '../../scaffold/lock.ts';
import { renderModule } from '../../scaffold/render.ts';
import type { Template } from '../../scaffold/template.ts';
import type { ModuleFolder } from '../static/source.ts';

/** Shares what the reference reads. */
const STAGE = `apiVersion: kisum.dev/v1
kind: Module
metadata:
  uid: 01M834NVW8STAGE0000000000A
  key: stage
  title: Stage
  owner: team-stage
  purpose: Keeps the shows that other modules speak of.
spec:
  type: base
  data:
    owns:
      - { entity: show, plural: shows, shared: true, fields: [{ name: name, type: text }] }
  mustNot:
    - keep what others write about a show
`;

const REFERENCE = `apiVersion: kisum.dev/v1
kind: Module
metadata:
  uid: 01M834NVW8REFERENCE000000A
  key: reference
  title: Reference
  owner: team-reference
  purpose: Keeps the notes that a company writes about its shows.
spec:
  type: addon
  services: [reference, reference.chat]
  data:
    owns:
      - entity: note
        plural: notes
        fields:
          - { name: text, type: text }
          - { name: show_id, type: reference, to: stage.show, required: false, filter: true }
          - { name: status, type: state, values: [draft, final], next: { draft: [final] } }
      - entity: comment
        plural: comments
        fields:
          - { name: note_id, type: reference, to: note, filter: true }
          - { name: text, type: text }
    reads:
      - { entity: stage.show, why: a note names the show it is about }
  routes:
    - id: reference.chat.ask
      method: POST
      path: /api/reference/chat
      access: module
      service: reference.chat
      permission: reference.note.view
      entity: reference.note
  mustNot:
    - keep a copy of shows
`;

/** A module nothing is wrong with, as the template makes it, and the project around it. */
export function referenceProject(template: Template): { module: ModuleFolder; all: ModuleFolder[] } {
  const module = made('modules/addons/reference', REFERENCE, template);
  return { module, all: [module, made('modules/base/stage', STAGE, template)] };
}

function made(folder: string, text: string, template: Template): ModuleFolder {
  const rendered = renderModule(parseManifest(text, 'module.yaml'), text, template);
  const files = [...rendered, ...lockFiles(rendered, template)];
  return { folder, files: new Map(files.map(({ path, content }) => [path, content])) };
}
