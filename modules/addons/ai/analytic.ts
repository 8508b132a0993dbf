import { collection, inOrder } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { counted, said, type Found, type Subject } from './subject.ts';

export const analytics = collection(manifest, 'analytic', {
  rule: (change) => inOrder(change, 'period_start', 'period_end'),
});

export const aboutAnalytics: Subject = {
  entity: 'analytic',
  plural: 'analytics',
  title: 'List measured values by metric, period and dimension',
  seenBy: (request) => request.may('ai.analytic.view'),
  list: analytics.list,
  count: async (tx, company) => counted(await tx('analytic').where({ company_id: company }).count()),
  async find(tx, { company, query, limit }) {
    const { rows } = await tx.raw<{ rows: Found[] }>(
      `select to_jsonb(r) as row, ts_rank(w.words, w.query) as rank
       from (
         select * from analytic where company_id = ? order by created_at desc, id desc limit 2000
       ) r, lateral (
         select setweight(to_tsvector('simple', r.name), 'A')
             || to_tsvector('simple', concat_ws(' ', 'analytic', r.metric, r.unit, r.dimension, r.note)) as words,
           to_tsquery('simple', ?) as query
       ) w
       where w.words @@ w.query order by rank desc, r.id limit ?`,
      [company, query, limit],
    );
    return rows;
  },
  sentence: ({ name, metric, dimension, period_start, period_end, value, unit, note }) =>
    said(
      `${name}:`,
      metric,
      dimension && `(${dimension})`,
      `was`,
      value,
      unit,
      `from ${period_start} to ${period_end}.`,
      note,
    ),
};
