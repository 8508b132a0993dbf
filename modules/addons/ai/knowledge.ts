import type { ModuleRequest, Row } from '../../kit/index.ts';
import { aboutAnalytics } from './analytic.ts';
import { aboutPredictions } from './prediction.ts';
import { aboutScorings } from './scoring.ts';
import type { Subject } from './subject.ts';
import { queryOf } from './words.ts';

export const SUBJECTS = [aboutPredictions, aboutAnalytics, aboutScorings];

/** What a row says, and where it is found. */
export interface Passage {
  /** `ai.analytic` */
  entity: string;
  id: string;
  text: string;
}

export interface Topic {
  entity: string;
  plural: string;
  count: () => Promise<number>;
  /** Newest first. */
  latest: (limit: number) => Promise<Passage[]>;
}

/** All that can be known on behalf of one user in one company: there is no way from here to anything else. */
export interface Knowledge {
  topics: Topic[];
  /** The passages that fit best, with how well they do (more is better). */
  search: (text: string, limit: number) => Promise<(Passage & { rank: number })[]>;
}

export function knowledgeOf(request: ModuleRequest): Knowledge {
  const { company } = request;
  const subjects = SUBJECTS.filter(({ seenBy }) => seenBy(request));
  return {
    topics: subjects.map((subject) => ({
      entity: subject.entity,
      plural: subject.plural,
      count: () => request.transaction((tx) => subject.count(tx, company)),
      async latest(limit) {
        const { data } = await subject.list.handle(request.withQuery({ limit }));
        return (data as Row[]).map((row) => passageOf(subject, row));
      },
    })),
    async search(text, limit) {
      const query = queryOf(text);
      if (query === undefined) return [];
      const found = await request.transaction(async (tx) => {
        const passages = [];
        for (const subject of subjects) {
          const rows = await subject.find(tx, { company, query, limit });
          passages.push(...rows.map(({ row, rank }) => ({ ...passageOf(subject, row), rank })));
        }
        return passages;
      });
      return found.sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
  };
}

function passageOf({ entity, sentence }: Subject, row: Row): Passage {
  return {
    entity: `ai.${entity}`,
    id: row['id'] as string,
    text: sentence(row as Parameters<typeof sentence>[0]),
  };
}
