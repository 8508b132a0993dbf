import type { Handler } from '../../../kit/index.ts';
import { knowledgeOf } from '../knowledge.ts';

const LIMIT = 10;

/** Passages for a question, best first, each with the row it stands for: `{entity, id, text, rank}`. */
export const search: Handler = {
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['query'],
    properties: {
      query: { type: 'string', minLength: 1, maxLength: 1000 },
      limit: { type: 'integer', minimum: 1, maximum: 50 },
    },
  },
  async handle(request) {
    const { query, limit = LIMIT } = request.body as { query: string; limit?: number };
    return { data: await knowledgeOf(request).search(query, limit) };
  },
};
