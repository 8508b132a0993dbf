/** Requests: may this member, or this module for them, use this route? */
import type { AccessFacts, CallerFacts, Explanation } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeDecision, isWholeExplanation, remembered } from './answers.ts';
import { cellsIn, type Block } from './block.ts';
import type { Court } from './court.ts';
import { examineLayers } from './layers.ts';
import { examineRemedies } from './remedies.ts';
import { richer } from './richer.ts';
import { routeOf, subjectOf } from './words.ts';

const wholeDecision = remembered(isWholeDecision);
const wholeExplanation = remembered(isWholeExplanation);
const reasonsOf = remembered(({ allow, reasons }: Explanation) => JSON.stringify({ allow, reasons }));

const ALLOWED = '{"allow":true';

export function examineRequests(court: Court, block: Block): void {
  const describe = describer(court, block);
  const explained = new Set<string>();
  for (const caller of block.callers) {
    for (const route of block.routes) {
      const facts = describe(route, caller);
      const explain = block.explained === true && !explained.has(facts);
      explained.add(facts);
      examineRequest(court, block, { route, caller, facts, explain });
    }
  }
  court.count(cellsIn(block));
}

interface Request {
  route: string | null;
  caller: CallerFacts | null;
  /** The cell without its answer. */
  facts: string;
  explain: boolean;
}

function examineRequest(court: Court, block: Block, { route, caller, facts, explain }: Request): void {
  const { access, token, sweep } = block;
  const question = questionOf(route, token, caller, access);
  const decision = court.ask(ENTRYPOINTS.decision, question);
  let whole = decision !== null && wholeDecision(decision);
  const answers = [`"decision":${whole ? decision : null}`];
  let lost: string[] = [];
  if (explain) {
    const explanation = court.ask(ENTRYPOINTS.explanation, question);
    whole &&= explanation !== null && wholeExplanation(explanation);
    if (whole) answers.push(`"explanation":${reasonsOf(explanation!)}`);
    examineLayers(court, sweep, question, facts);
    if (whole) {
      examineRemedies(court, {
        sweep,
        question,
        facts,
        decision: decision!,
        explanation: explanation!,
      });
    }
    if (access !== null && decision?.startsWith(ALLOWED))
      lost = lostByMore(court, block, access, route, caller);
  }
  const answer = `{"whole":${whole},${answers.join(',')}}`;
  const cell = `{"kind":"request",${facts},"lost":${JSON.stringify(lost)},"answer":${answer}}`;
  court.present(cell, { sweep, entrypoint: ENTRYPOINTS.decision, question });
}

/** What takes access away although it only adds something. */
function lostByMore(
  { ask, served }: Court,
  { token }: Block,
  access: AccessFacts,
  route: string | null,
  caller: CallerFacts | null,
): string[] {
  return richer(served, access)
    .filter((more) => {
      const decision = ask(ENTRYPOINTS.decision, questionOf(route, token, caller, more.access));
      return !decision?.startsWith(ALLOWED);
    })
    .map(({ added }) => added);
}

/** Requests of one block told without keys that do not matter. */
function describer({ declared, words }: Court, { access, token }: Block) {
  const companies = new Map<string | null, string>();
  const granted = new Set(access?.modules);
  const may = new Set(access?.permissions);
  const companyOf = (subject: string | null): string => {
    const known = companies.get(subject) ?? words.company(access, subject);
    companies.set(subject, known);
    return known;
  };
  return (route: string | null, caller: CallerFacts | null): string => {
    const subject = subjectOf(declared, route, caller);
    const needed = routeOf(declared, route)?.permission;
    const module = subject !== null && granted.has(subject);
    const permission = needed !== undefined && may.has(needed);
    const elsewhere = granted.size > Number(module) || may.size > Number(permission);
    return [
      words.route(route),
      `"token":${token}`,
      words.caller(caller, route),
      companyOf(subject),
      `"granted":{"module":${module},"permission":${permission},"elsewhere":${elsewhere}}`,
    ].join(',');
  };
}

let lastAccess: AccessFacts | null = null;
let lastText = 'null';

/** A block asks many questions of one access: it is written once. */
function questionOf(
  route: string | null,
  authenticated: boolean,
  caller: CallerFacts | null,
  access: AccessFacts | null,
): string {
  if (access !== lastAccess) {
    lastAccess = access;
    lastText = JSON.stringify(access);
  }
  return `{"route":${JSON.stringify(route)},"authenticated":${authenticated},"caller":${JSON.stringify(caller)},"access":${lastText}}`;
}
