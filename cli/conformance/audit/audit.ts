import type { Manifest } from '../../../modules/manifest/manifest.ts';
import type { Finding } from '../../outcome.ts';
import { fingerprinter, sorted } from '../fingerprint.ts';
import { loadParser } from '../parser.ts';
import type { NotExamined } from '../report.ts';
import type { Fact, Reading } from './facts.ts';
import { sourcesOf, type Source } from './files.ts';
import { goFacts } from './read/go.ts';
import { prismaFacts } from './read/prisma.ts';
import { sqlFacts } from './read/sql.ts';
import { typescriptFacts } from './read/typescript.ts';
import type { Surroundings } from './rule.ts';
import { SOURCE_RULES } from './rules.ts';

/** A finding that is known again by its fingerprint: rule, file and line of source, wherever that line stands. */
export type Found = Finding & { file: string; line: number; fingerprint: string };

export interface Audit {
  found: Found[];
  notExamined: NotExamined[];
  examined: { files: number; lines: number };
}

/**
 * Reads a legacy code base; files are named from its folder.
 * @param key the module it is, or becomes
 * @param manifests every module there is
 */
export async function audit(folder: string, key: string, manifests: Manifest[]): Promise<Audit> {
  const { sources, notExamined } = await sourcesOf(folder);
  const read = await readerFor(sources);
  const files = sources.flatMap((source) => {
    const { facts, flaw } = heard(read, source);
    if (flaw !== undefined) notExamined.push({ what: source.file, why: flaw });
    return facts ? [{ source, facts }] : [];
  });
  const known = surroundings(
    key,
    manifests,
    files.flatMap(({ facts }) => facts),
  );
  const found = files.flatMap(({ source, facts }) => findings(source, facts, known));
  const lines = files.reduce((sum, { source }) => sum + source.text.split('\n').length, 0);
  return { found: identified(found), notExamined, examined: { files: files.length, lines } };
}

type Reader = (source: Source) => Reading;

/** A file that no parser follows to its end is named; it stops nothing. */
function heard(read: Reader, source: Source): Partial<Reading> {
  try {
    return read(source);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { flaw: 'nested too deeply' };
  }
}

async function readerFor(sources: Source[]): Promise<Reader> {
  const parser = sources.some(({ language }) => language === 'typescript') ? await loadParser() : undefined;
  return ({ file, language, text }) => {
    switch (language) {
      case 'typescript':
        return typescriptFacts(parser!, file, text);
      case 'sql':
        return { facts: sqlFacts(text) };
      case 'go':
        return { facts: goFacts(text) };
      case 'prisma':
        return { facts: prismaFacts(text) };
    }
  };
}

function surroundings(key: string, manifests: Manifest[], facts: Fact[]): Omit<Surroundings, 'imports'> {
  const entities = ({ owns }: Manifest) => owns.flatMap(({ entity, plural }) => [entity, plural]);
  const created = facts.flatMap((fact) => {
    const makes = fact.kind === 'model' || (fact.kind === 'table' && fact.use === 'create');
    return makes ? [fact.name.at(-1) ?? ''] : [];
  });
  return {
    key,
    others: manifests
      .filter((manifest) => manifest.key !== key)
      .map((manifest) => ({ key: manifest.key, entities: entities(manifest) })),
    own: new Set(manifests.filter((manifest) => manifest.key === key).flatMap(entities)),
    // An object mapper's User is kept in users.
    created: new Set(created.flatMap((name) => [name, `${name}s`])),
  };
}

type Spotted = Found & { subject: string };

/** One finding for each rule and line. */
function findings({ file, text }: Source, facts: Fact[], known: Omit<Surroundings, 'imports'>): Spotted[] {
  const imports = facts.flatMap((fact) => (fact.kind === 'import' ? [fact.name] : []));
  const starts = lineStarts(text);
  const found = new Map<string, Spotted>();
  for (const fact of facts) {
    for (const rule of SOURCE_RULES) {
      const message = rule.fault(fact, { ...known, imports });
      if (message === undefined) continue;
      const line = starts.findLastIndex((start) => start <= fact.at) + 1;
      const { id, severity, fix } = rule;
      const col = fact.at - starts[line - 1]! + 1;
      const subject = text.slice(starts[line - 1], starts[line]);
      const place = `${id}:${line}`;
      if (!found.has(place))
        found.set(place, {
          ...{ rule: id, severity, module: known.key, file, line, col, message, fix },
          ...{ fingerprint: '', subject },
        });
    }
  }
  return [...found.values()];
}

function identified(found: Spotted[]): Found[] {
  const fingerprint = fingerprinter();
  return sorted(found).map(({ subject, ...finding }) => ({
    ...finding,
    fingerprint: fingerprint(finding, subject),
  }));
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
