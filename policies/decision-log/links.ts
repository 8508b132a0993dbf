/** How the parts of a log hang together: each names the part it follows, and what was before the oldest one kept. */
import type { LogFinding } from './finding.ts';
import type { Segment } from './segment.ts';

export interface Linked {
  findings: LogFinding[];
  notes: string[];
  /** Each chain's parts in order, none twice. */
  chains: Map<string, Segment[]>;
}

export function link(segments: Segment[]): Linked {
  const linked: Linked = { findings: [], notes: [], chains: new Map() };
  for (const segment of segments.toSorted((a, b) => a.open.from - b.open.from)) {
    const parts = linked.chains.get(segment.open.chain) ?? [];
    linked.chains.set(segment.open.chain, parts);
    if (parts.at(-1)?.open.from !== segment.open.from) parts.push(segment);
    else linked.findings.push(at(segment, 'twice', `this part is also in ${parts.at(-1)!.file}`));
  }
  linked.findings.push(...strangers(segments));
  const kept = new Set(segments.map(({ open }) => keyOf(open.oldest)));
  for (const parts of linked.chains.values()) {
    parts.forEach((part, index) => followsRightly(part, parts[index - 1], kept, linked));
  }
  return linked;
}

/** Within a file, a part begins where the one before it ended, and says so. @param segments file by file, in order */
function strangers(segments: Segment[]): LogFinding[] {
  return segments.flatMap((part, index) => {
    const before = segments[index - 1];
    if (before?.file !== part.file || part.open.after?.chain === before.open.chain) return [];
    return [at(before, 'inserted', `this part is none that chain ${part.open.chain} found before it`)];
  });
}

const keyOf = ({ chain, from }: { chain: string; from: number }): string => `${chain} ${from}`;

function followsRightly(
  part: Segment,
  sibling: Segment | undefined,
  kept: Set<string>,
  { findings, notes, chains }: Linked,
): void {
  const { open } = part;
  const wanted = wantedBefore(part);
  if (!wanted) {
    if (part.writtenBefore !== 0) findings.push(at(part, 'account', 'a new chain does not count from 0'));
    return;
  }
  const before = open.from > 0 ? sibling : chains.get(wanted.chain)?.at(-1);
  if (!before || before.last.seq < wanted.seq) {
    if (!before && kept.has(keyOf(open))) {
      notes.push(`${part.file}:${part.line}: what was before was removed by rotation`);
      return;
    }
    const first = before ? before.last.seq + 1 : 0;
    findings.push(
      at(part, 'missing', `batches ${first}–${wanted.seq} of chain ${wanted.chain} are in no file`),
    );
    return;
  }
  if (before.last.seq > wanted.seq || before.last.hash !== wanted.hash) {
    findings.push(at(part, 'order', `this part was not begun on batch ${wanted.seq} in ${before.file}`));
    return;
  }
  findings.push(...tailFindings(part, before));
}

/** The batch that a part says it follows; `undefined` for the first of all. */
function wantedBefore({ open }: Segment): { chain: string; seq: number; hash: string } | undefined {
  if (open.from > 0) return { chain: open.chain, seq: open.from - 1, hash: open.prev };
  return open.after ?? undefined;
}

function tailFindings(part: Segment, before: Segment): LogFinding[] {
  const { open } = part;
  if (open.from > 0) {
    const adds = part.writtenBefore === before.last.written;
    return adds ? [] : [at(part, 'account', 'the figures do not go on from the part before')];
  }
  // In its own file this part has named all that lies before it.
  if (before.file === part.file) return [];
  const { bytes, sha256 } = open.after!.tail;
  if (before.tail.bytes === bytes && before.tail.sha256 === sha256) return [];
  const message = `the lines behind batch ${before.last.seq} are not those that chain ${open.chain} found there`;
  const line = before.unsealed.line || before.lastLine;
  return [{ kind: 'changed', file: before.file, line, chain: before.open.chain, message }];
}

export function at({ file, line, open }: Segment, kind: LogFinding['kind'], message: string): LogFinding {
  return { kind, file, line, chain: open.chain, seq: open.from, message };
}
