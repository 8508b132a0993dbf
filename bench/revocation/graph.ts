import { spread, type Samples } from './figures.ts';
import { PEERS } from './peers.ts';
import type { RevocationResults } from './revocation.ts';

const WIDTH = 1000;
const PLOT = { left: 296, right: 976, top: 92 };
const ROW = 38;
/** Milliseconds at the ends of the axis. What is less is drawn at the left end. */
const AXIS = { from: 1, to: 1_000_000 };
const TICKS: [number, string][] = [
  [1, '≤ 1 ms'],
  [10, '10 ms'],
  [100, '100 ms'],
  [1000, '1 s'],
  [10_000, '10 s'],
  [100_000, '100 s'],
];
const PROMISES: [number, string, 'start' | 'end'][] = [
  [250, 'promised p99, healthy: 250 ms', 'end'],
  [2000, 'in every fault: 2 s', 'start'],
];

const STYLE = `
  text { font: 12px ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #24292f }
  .paper { fill: #ffffff }
  .title { font-size: 18px; font-weight: 600 }
  .quiet, .tick, .axis { fill: #57606a }
  .name { font-weight: 600 }
  .small { font-size: 11px }
  .grid { stroke: #d8dee4 }
  .row { stroke: #eaeef2 }
  .dot { fill: #0a5fb4; fill-opacity: .4 }
  .middle { stroke: #0a5fb4; stroke-width: 2.5 }
  .promise { stroke: #1a7f37; stroke-width: 1.5 }
  .promised { fill: #1a7f37 }
  .strong { font-weight: 600 }
  .peer { stroke: #bc4c00; stroke-dasharray: 4 4 }
  .peers { fill: #bc4c00 }
  .halo { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .paper { fill: #0d1117 }
    .quiet, .tick, .axis { fill: #9198a1 }
    .grid { stroke: #30363d }
    .row { stroke: #21262d }
    .dot { fill: #6cb6ff; fill-opacity: .55 }
    .middle { stroke: #6cb6ff }
    .promise { stroke: #3fb950 }
    .promised { fill: #3fb950 }
    .peer { stroke: #f0883e }
    .peers { fill: #f0883e }
    .halo { stroke: #0d1117 }
  }`;

interface Row {
  name: string;
  samples: Samples;
}

/** The distribution of each scenario on a logarithmic axis, with what is promised here and what others publish. */
export function draw({ scenarios, cuts, soaked }: RevocationResults): string {
  const rows: Row[] = [...scenarios, { name: 'open WebSockets cut', samples: cuts.samples }];
  const bottom = PLOT.top + rows.length * ROW;
  const height = bottom + 66;
  const allows = `${soaked.requests.toLocaleString('en')} requests under all faults: ${soaked.staleAllows} stale allows`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>How long a revoked right still works: from the commit to the last 2xx at three gateways</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>`,
    text(24, 32, 'title', 'How long a revoked right still works'),
    text(
      24,
      52,
      'quiet',
      `three gateway processes, one PostgreSQL server; each dot is one revocation · ${allows}`,
    ),
    ...TICKS.map(([ms, label]) => gridLine(ms, label, bottom)),
    ...PEERS.map(({ seconds }) => line('peer', seconds * 1000, PLOT.top, bottom)),
    ...PROMISES.map(([ms, label, anchor]) => promise(ms, label, anchor, bottom)),
    ...rows.map((row, i) => drawRow(row, PLOT.top + (i + 0.5) * ROW)),
    text(PLOT.right, PLOT.top - 14, 'peers small strong', 'others, by default', 'end'),
    ...PEERS.map(({ name, seconds }, i) => peer(name, seconds, PLOT.top + (i + 1) * ROW + 4)),
    text(
      (PLOT.left + PLOT.right) / 2,
      bottom + 50,
      'axis',
      'commit acknowledged → last 2xx to a request sent after it (log scale)',
      'middle',
    ),
    text(24, PLOT.top - 12, 'axis', 'what goes wrong meanwhile'),
    '</svg>',
    '',
  ].join('\n');
}

function drawRow({ name, samples }: Row, y: number): string {
  const [p50, , p99, max] = spread(samples);
  const dots = samples.map((ms, i) => {
    // Spread over the row by a fixed order, so that the same figures draw the same picture.
    const offset = (((i * 7) % 11) - 5) * 1.6;
    return `<circle class="dot" cx="${x(ms)}" cy="${(y + offset).toFixed(1)}" r="2.4"/>`;
  });
  const middle = x(Number(p50));
  return [
    `<line class="row" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>`,
    text(24, y - 3, 'name', name),
    text(24, y + 12, 'quiet small', `p50 ${p50} · p99 ${p99} · max ${max} ms · ${samples.length} ×`),
    ...dots,
    `<line class="middle" x1="${middle}" x2="${middle}" y1="${y - 12}" y2="${y + 12}"/>`,
  ].join('\n');
}

function gridLine(ms: number, label: string, bottom: number): string {
  return [line('grid', ms, PLOT.top, bottom), text(x(ms), bottom + 20, 'tick', label, 'middle')].join('\n');
}

function promise(ms: number, label: string, anchor: 'start' | 'end', bottom: number): string {
  const beside = anchor === 'start' ? -2 : 2;
  return [
    line('promise', ms, PLOT.top - 8, bottom),
    text(x(ms) + beside, PLOT.top - 14, 'promised small strong', label, anchor),
  ].join('\n');
}

/** Stands between two rows, where nothing is drawn, on the side of its line that has room. */
function peer(name: string, seconds: number, y: number): string {
  const [beside, anchor] = seconds > 100 ? [-6, 'end'] : [6, 'start'];
  return text(
    x(seconds * 1000) + Number(beside),
    y,
    'peers small halo',
    `${name} ${seconds} s`,
    String(anchor),
  );
}

function line(kind: string, ms: number, from: number, to: number): string {
  return `<line class="${kind}" x1="${x(ms)}" x2="${x(ms)}" y1="${from}" y2="${to}"/>`;
}

function x(ms: number): number {
  const share = Math.log(Math.max(ms, AXIS.from) / AXIS.from) / Math.log(AXIS.to / AXIS.from);
  return Math.round((PLOT.left + share * (PLOT.right - PLOT.left)) * 10) / 10;
}

function text(at: number, y: number, kind: string, words: string, anchor = 'start'): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text class="${kind}" x="${at}" y="${y}" text-anchor="${anchor}">${escaped}</text>`;
}
