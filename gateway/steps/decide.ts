import { randomUUID } from 'node:crypto';
import type { DecisionInput } from '../../policies/contract.ts';
import { unavailable } from '../errors.ts';
import type { Exchange, Step } from '../request/exchange.ts';

/** Asks policy once. The same route with the same facts has the same answer, whoever asks. */
export function decide({ policies }: { policies: { readonly isCurrent: boolean } }): Step {
  return (exchange) => {
    exchange.decisionId = randomUUID();
    if (!policies.isCurrent) throw unavailable('access cannot be determined', OUTDATED);
    const { catalog, match } = exchange;
    const { input, key } = question(exchange);
    const remembered = catalog.decisions.get(key);
    exchange.decision = remembered ?? ask(() => catalog.engine.decide(input()));
    // A request without a route cannot reach this step, so the key always names one.
    if (!remembered && match) catalog.decisions.set(key, exchange.decision);
    catalog.shadow?.observe(key, input, exchange.decision);
  };
}

const OUTDATED = new Error('the policy in force was not confirmed by its server for too long');

/** Every failing layer, for a refusal that says what to do next. */
export function explain(exchange: Exchange) {
  return ask(() => exchange.catalog.engine.explain(asked(exchange)));
}

/** What policy was asked about this request. */
export function asked(exchange: Exchange): DecisionInput {
  return question(exchange).input();
}

function question(exchange: Exchange): { key: string; input: () => DecisionInput } {
  const { match, access, subject, companyId, onBehalfOfCompany, req } = exchange;
  const route = match?.route.id ?? null;
  const calling = subject?.kind === 'module' ? subject.key : undefined;
  const caller = calling
    ? { module: calling, method: req.method!, same_company: companyId === onBehalfOfCompany }
    : null;
  const module = calling ?? match?.route.module;
  const facts = access && module ? access.forModule(module) : undefined;
  const authenticated = subject !== undefined;
  return {
    key: `${route} ${authenticated} ${caller ? JSON.stringify(caller) : ''} ${facts?.key ?? ''}`,
    input: () => ({ route, authenticated, caller, access: facts?.facts ?? null }),
  };
}

function ask<Answer>(question: () => Answer): Answer {
  try {
    return question();
  } catch (cause) {
    throw unavailable('access cannot be determined', cause);
  }
}
