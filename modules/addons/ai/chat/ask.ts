import { type Handler, invalid, type ServerEvent } from '../../../kit/index.ts';
import { knowledgeOf } from '../knowledge.ts';
import { localResponder } from './local-responder.ts';
import type { Message, Reply } from './responder.ts';

/** Answers the last message: events `piece` (`{text}`) one by one, then `done` (`{sources: [{entity, id}]}`). */
export const ask: Handler = {
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['messages'],
    properties: {
      messages: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['from', 'text'],
          properties: {
            from: { enum: ['user', 'assistant'] },
            text: { type: 'string', minLength: 1, maxLength: 4000 },
          },
        },
      },
    },
  },
  async handle(request) {
    const messages = request.body['messages'] as Message[];
    if (messages.at(-1)?.from !== 'user')
      throw invalid('the body is not valid', { messages: 'do not end with one from the user' });
    const reply = await localResponder.answer(messages, knowledgeOf(request), request.signal);
    return { events: eventsOf(reply) };
  },
};

async function* eventsOf({ pieces, sources }: Reply): AsyncGenerator<ServerEvent> {
  for await (const text of pieces) yield { event: 'piece', data: JSON.stringify({ text }) };
  const named = sources.map(({ entity, id }) => ({ entity, id }));
  yield { event: 'done', data: JSON.stringify({ sources: named }) };
}
