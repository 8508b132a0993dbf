import { collection, frozen } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { counted, said, type Found, type Subject } from './subject.ts';

/** What others were told does not change: it is withdrawn. */
export const scorings = collection(manifest, 'scoring', {
  rule: frozen('scoring', 'published', 'withdrawn'),
});

export const aboutScorings: Subject = {
  entity: 'scoring',
  plural: 'scorings',
  title: 'List scores of artists, events, venues, audiences and markets',
  seenBy: (request) => request.may('ai.scoring.view'),
  list: scorings.list,
  count: async (tx, company) => counted(await tx('scoring').where({ company_id: company }).count()),
  async find(tx, { company, query, limit }) {
    const { rows } = await tx.raw<{ rows: Found[] }>(
      `select to_jsonb(r) as row, ts_rank(w.words, w.query) as rank
       from (
         select * from scoring where company_id = ? order by created_at desc, id desc limit 2000
       ) r, lateral (
         select setweight(to_tsvector('simple', r.subject_name), 'A')
             || to_tsvector('simple', concat_ws(' ', 'scoring', r.subject_kind, r.rationale)) as words,
           to_tsquery('simple', ?) as query
       ) w
       where w.words @@ w.query order by rank desc, r.id limit ?`,
      [company, query, limit],
    );
    return rows;
  },
  sentence: ({ subject_kind, subject_name, score, status, rationale }) =>
    said(`${subject_name} (${subject_kind}) scores ${score} of 100, ${status}.`, rationale),
};
