import type { Knowledge, Passage, Topic } from '../knowledge.ts';
import type { Responder } from './responder.ts';

/** How a question names a kind of data. */
const NAMES: Record<string, RegExp> = {
  prediction: /\b(?:predict|forecast)/,
  analytic: /\banaly/,
  scoring: /\bscor/,
};
const SHOWN = 3;

interface Said {
  lines: string[];
  sources: Passage[];
}

type Skill = (topics: Topic[], knowledge: Knowledge, question: string) => Promise<Said>;

/** What it understands, the first that fits; anything else is searched for. */
const SKILLS: [asked: RegExp, skill: Skill][] = [
  [/\bsummar/, summarise],
  [/\bhow many\b|\bcount\b|\bnumber of\b/, count],
  [/\b(?:latest|newest|last|recent)/, latest],
];

/**
 * No model: the same question over the same data has the same answer. It summarises, counts, tells the latest and
 * searches, over the kinds of data that the question names, or else all that the user may see.
 */
export const localResponder: Responder = {
  async answer(messages, knowledge) {
    const question = messages.at(-1)!.text.toLowerCase();
    const named = Object.keys(NAMES).filter((entity) => NAMES[entity]!.test(question));
    const topics = knowledge.topics.filter(({ entity }) => named.length === 0 || named.includes(entity));
    const skill = SKILLS.find(([asked]) => asked.test(question))?.[1] ?? search;
    const { lines, sources } = await skill(topics, knowledge, question);
    const text = lines.length > 0 ? lines.join('\n') : 'There is nothing about that in what you may see.';
    return { sources, pieces: text.match(/\s*\S+/g) ?? [] };
  },
};

async function summarise(topics: Topic[]): Promise<Said> {
  const parts = [await count(topics), await latest(topics)];
  return { lines: parts.flatMap(({ lines }) => lines), sources: parts.flatMap(({ sources }) => sources) };
}

async function count(topics: Topic[]): Promise<Said> {
  const lines = [];
  for (const { entity, plural, count } of topics) {
    const number = await count();
    lines.push(number === 1 ? `There is 1 ${entity}.` : `There are ${number} ${plural}.`);
  }
  return { lines, sources: [] };
}

async function latest(topics: Topic[]): Promise<Said> {
  const sources = [];
  for (const topic of topics) sources.push(...(await topic.latest(SHOWN)));
  return told(sources);
}

async function search(_topics: Topic[], knowledge: Knowledge, question: string): Promise<Said> {
  return told(await knowledge.search(question, SHOWN));
}

function told(sources: Passage[]): Said {
  return { lines: sources.map(({ text }) => text), sources };
}
