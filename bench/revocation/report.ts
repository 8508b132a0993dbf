import { readFileSync, writeFileSync } from 'node:fs';
import { projectFile } from '../../policies/root.ts';
import { spread } from './figures.ts';
import { draw } from './graph.ts';
import type { RevocationResults } from './revocation.ts';
import { SCENARIOS } from './scenarios.ts';
import { MOST_CUT_MS } from './sockets.ts';
import { BOUND_MS } from './soak.ts';

const PAGE = projectFile('docs', 'freshness.md');
const GRAPH = projectFile('docs', 'revocation.svg');

const many = (count: number) => count.toLocaleString('en');
const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${many(count)}`)
    .join(' · ');

/** For people who ran it. */
export function reportOf(results: RevocationResults): string {
  const about = Object.entries({ ...results.machine, ...(results.quick && { quick: 'fewer, so rougher' }) });
  return [
    about.map(([name, value]) => `${name}: ${value}`).join(' · '),
    figures(results),
    soaked(results),
    cost(results),
  ].join('\n\n');
}

/** Puts the figures and the graph of this run where they are read. */
export function publish(results: RevocationResults): void {
  const blocks = { figures, soak: soaked, cost };
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, write] of Object.entries(blocks)) {
    const block = new RegExp(`(<!-- ${name} -->).*?(<!-- /${name} -->)`, 's');
    if (!block.test(page)) throw new Error(`${PAGE} has no place for ${name}.`);
    page = page.replace(block, (_, open: string, close: string) => `${open}\n${write(results)}\n${close}`);
  }
  writeFileSync(PAGE, page);
  writeFileSync(GRAPH, draw(results));
}

function figures({ scenarios, cuts }: RevocationResults): string {
  return [
    '| what goes wrong | p50 ms | p90 | p99 | max | promised | times | the client gets |',
    '|---|--:|--:|--:|--:|--:|--:|---|',
    ...scenarios.map(({ name, samples, mostMs, share, refusals }) => {
      const about = SCENARIOS.find((it) => it.name === name)!.about;
      const promised = `${share < 1 ? 'p99 ' : ''}${many(mostMs)}`;
      return `| **${name}**: ${about} | ${spread(samples).join(' | ')} | ${promised} | ${samples.length} | ${refusals.join(', ')} |`;
    }),
    `| **open WebSockets**, healthy: from the commit to the close frame | ${spread(cuts.samples).join(' | ')} | p99 ${many(MOST_CUT_MS)} | ${cuts.samples.length} | ${Object.keys(cuts.goodbyes).join(', ')} |`,
  ].join('\n');
}

function soaked({ soaked: it }: RevocationResults): string {
  return [
    `${many(it.requests)} requests in ${it.seconds.toFixed(0)} s, ${many(it.revocations)} revocations: ` +
      `**${it.staleAllows} stale allows** past ${many(BOUND_MS)} ms. The latest request that was still allowed was sent ` +
      `${it.latestMs.toFixed(0)} ms after the commit.`,
    `Answers by status: ${list(it.statuses)}.`,
    `Faults meanwhile: ${list(it.faults)}.`,
  ].join('\n');
}

function cost({ cost: it }: RevocationResults): string {
  return (
    `A remembered access that is proven current costs ${it.provenMicros.toFixed(2)} µs, the same look-up without the proof ` +
    `${it.plainMicros.toFixed(2)} µs. A gateway that serves nobody uses ${it.idleMsPerSecond.toFixed(0)} ms of processor per second: ` +
    `polls, heartbeats and all else.`
  );
}
