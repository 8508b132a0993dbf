import { collection, needs } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { counted, said, type Found, type Subject } from './subject.ts';

export const predictions = collection(manifest, 'prediction', {
  rule({ after }) {
    if (after?.['kind'] === 'revenue') needs(after, ['currency'], 'revenue is in a currency');
  },
});

export const aboutPredictions: Subject = {
  entity: 'prediction',
  plural: 'predictions',
  title: 'List predictions of attendance, revenue and demand',
  seenBy: (request) => request.may('ai.prediction.view'),
  list: predictions.list,
  count: async (tx, company) => counted(await tx('prediction').where({ company_id: company }).count()),
  async find(tx, { company, query, limit }) {
    const { rows } = await tx.raw<{ rows: Found[] }>(
      `select to_jsonb(r) as row, ts_rank(w.words, w.query) as rank
       from (
         select * from prediction where company_id = ? order by created_at desc, id desc limit 2000
       ) r, lateral (
         select setweight(to_tsvector('simple', r.name), 'A')
             || to_tsvector('simple', concat_ws(' ', 'prediction', r.kind, r.model, r.note)) as words,
           to_tsquery('simple', ?) as query
       ) w
       where w.words @@ w.query order by rank desc, r.id limit ?`,
      [company, query, limit],
    );
    return rows;
  },
  sentence: ({ name, kind, horizon, value, currency, confidence, model, note }) =>
    said(`${name}: ${kind} of`, value, currency, `by ${horizon} (${confidence} % sure, ${model}).`, note),
};
