import type { Manifest } from '../../modules/manifest/manifest.ts';

const BOX_WIDTH = 300;
const HEAD = 34;
const ROW = 18;
const GAP = 22;
const MARGIN = 24;
const TOP = 56;
/** Left edges: base modules, and what stands beside them. */
const COLUMNS = { left: MARGIN + 40, right: MARGIN + 40 + BOX_WIDTH + 220 };
const WIDTH = COLUMNS.right + BOX_WIDTH + MARGIN + 40;

const STYLE = `
  text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #24292f }
  .key { font-weight: bold; font-size: 14px }
  .column, .type { fill: #57606a }
  rect { fill: #f6f8fa; stroke: #8c959f }
  .system rect { stroke-dasharray: 5 4 }
  .shared { fill: #0a5fb4; font-weight: bold }
  path { fill: none; stroke: #0a5fb4; stroke-width: 1.5 }
  marker path { fill: #0a5fb4; stroke: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .column, .type { fill: #9198a1 }
    rect { fill: #1c2128; stroke: #6e7681 }
    .shared { fill: #6cb6ff }
    path { stroke: #6cb6ff }
    marker path { fill: #6cb6ff }
  }`;

interface Box {
  manifest: Manifest;
  x: number;
  y: number;
  height: number;
}

/**
 * Who owns what and who reads whom, as an SVG document: base modules on the left, add-ons and systems on the right,
 * an arrow from each reader to the shared entity. The same manifests give the same bytes, in whatever order they come.
 */
export function catalogSvg(manifests: readonly Manifest[]): string {
  const byKey = manifests.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const of = (type: Manifest['type']): Manifest[] => byKey.filter((manifest) => manifest.type === type);
  const left = stacked(of('base'), COLUMNS.left);
  const right = stacked([...of('addon'), ...of('system')], COLUMNS.right);
  const boxes = [...left, ...right];
  const height = Math.max(...boxes.map((box) => box.y + box.height), TOP) + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>The catalog: who owns what, and who reads whom</title>',
    `<style>${STYLE}\n</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    `<text class="column" x="${COLUMNS.left}" y="${TOP - 20}">base modules (exactly one per company)</text>`,
    `<text class="column" x="${COLUMNS.right}" y="${TOP - 20}">add-ons and systems</text>`,
    ...boxes.flatMap(boxOf),
    ...boxes.flatMap((reader) => reader.manifest.reads.flatMap((read) => arrowOf(reader, read, boxes))),
    '</svg>',
  ].join('\n');
}

function stacked(manifests: Manifest[], x: number): Box[] {
  let y = TOP;
  return manifests.map((manifest) => {
    const height = HEAD + manifest.owns.length * ROW + (manifest.owns.length > 0 ? 8 : 0);
    const box = { manifest, x, y, height };
    y += height + GAP;
    return box;
  });
}

function boxOf({ manifest, x, y, height }: Box): string[] {
  const { key, type, purpose, owns } = manifest;
  return [
    `<g class="${type}"><title>${escaped(`${key} (${type}): ${purpose}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${BOX_WIDTH}" height="${height}" rx="6"/>`,
    `<text class="key" x="${x + 12}" y="${y + 22}">${key}</text>`,
    `<text class="type" x="${x + BOX_WIDTH - 12}" y="${y + 22}" text-anchor="end">${type}</text>`,
    ...owns.map(({ entity, shared }, index) => {
      const place = `x="${x + 12}" y="${y + HEAD + index * ROW + 12}"`;
      return shared
        ? `<text class="shared" ${place}>◆ ${entity} (shared)</text>`
        : `<text ${place}>· ${entity}</text>`;
    }),
    '</g>',
  ];
}

/** From the reader's head to the entity's row; within one column it runs outside. */
function arrowOf(reader: Box, { entity, why }: Manifest['reads'][number], boxes: Box[]): string[] {
  const [owner, name] = entity.split('.');
  const target = boxes.find(({ manifest }) => manifest.key === owner);
  const row = target?.manifest.owns.findIndex((owned) => owned.entity === name) ?? -1;
  if (!target || row < 0) return [];
  const same = target.x === reader.x;
  const [fromX, fromY] = [reader.x, reader.y + 18];
  const [toX, toY] = [same ? target.x : target.x + BOX_WIDTH, target.y + HEAD + row * ROW + 8];
  const bend = same ? 40 : 110;
  return [
    `<path d="M${fromX} ${fromY}C${fromX - bend} ${fromY} ${toX + (same ? -bend : bend)} ${toY} ${toX} ${toY}" marker-end="url(#arrow)"><title>${escaped(`${reader.manifest.key} reads ${entity}: ${why}`)}</title></path>`,
  ];
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]!);
}
