import { expect } from 'chai';
import { LRUCache } from 'lru-cache';
import type { Decision, DecisionInput, Explanation } from '../../../policies/contract.ts';
import { Refusal } from '../../../gateway/errors.ts';
import type { Exchange } from '../../../gateway/request/exchange.ts';
import { decide } from '../../../gateway/steps/decide.ts';
import { enforce } from '../../../gateway/steps/enforce.ts';

/** An engine that says what it is told to: the real one cannot be brought to most of this. */
interface Engine {
  decide: (input: DecisionInput) => unknown;
  explain?: (input: DecisionInput) => unknown;
}

const OPEN: Decision = { allow: true, reason: null };
const SHUT: Decision = { allow: false, reason: 'permission_missing' };
const WHY: Explanation = { allow: false, reasons: ['permission_missing'], remedies: [] };

const request = (engine: Engine, decisions = new LRUCache<string, Decision>({ max: 10 })) =>
  ({
    req: { method: 'GET' },
    catalog: { decisions, engine: { explain: () => WHY, ...engine } },
    match: { route: { id: 'finance.expense.list', module: 'finance', permission: 'finance.expense.view' } },
    subject: { kind: 'user', id: 'u' },
    access: { forModule: () => ({ facts: {}, key: 'facts' }) },
  }) as unknown as Exchange;

const refusal = (run: () => void): Refusal => {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was let through');
};
const judge = (exchange: Exchange) => {
  void decide({ policies: { isCurrent: true } })(exchange);
  void enforce(exchange);
};

describe('decide and enforce', () => {
  it('an allowance passes, asked once for the same facts', () => {
    let asked = 0;
    const decisions = new LRUCache<string, Decision>({ max: 10 });
    const engine = { decide: () => ((asked += 1), OPEN) };
    judge(request(engine, decisions));
    judge(request(engine, decisions));
    expect(asked).to.equal(1);
  });

  it('a policy that was not confirmed in time is not asked, not even for what is remembered: 503', () => {
    let asked = 0;
    const exchange = request({ decide: () => ((asked += 1), OPEN) });
    const policies = { isCurrent: true };
    const step = decide({ policies });
    void step(exchange);
    policies.isCurrent = false;
    expect(refusal(() => void step(exchange))).to.include({ status: 503 });
    expect(asked).to.equal(1);
  });

  it('an engine that throws is a 503, and nothing of it is remembered', () => {
    const decisions = new LRUCache<string, Decision>({ max: 10 });
    const engine = {
      decide: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the compiled policy does
        throw 'aborted';
      },
    };
    expect(refusal(() => judge(request(engine, decisions)))).to.include({ status: 503 });
    expect(decisions.size).to.equal(0);
  });

  it('an engine that fails while it explains is a 503, never an allowance', () => {
    const engine = {
      decide: () => SHUT,
      explain: () => {
        throw new Error('aborted');
      },
    };
    expect(refusal(() => judge(request(engine)))).to.include({ status: 503 });
  });

  it('a refusal is a 403 with the reasons in their order', () => {
    const reasons = ['module_not_granted', 'permission_missing'];
    const told = refusal(() =>
      judge(request({ decide: () => SHUT, explain: () => ({ allow: false, reasons }) })),
    );
    expect(told).to.deep.include({ status: 403, reasons });
  });

  it('no route is a 404', () => {
    const engine = { decide: () => ({ allow: false, reason: 'route_unknown' }) };
    expect(refusal(() => judge(request(engine)))).to.include({ status: 404 });
  });

  const ODD: Record<string, Engine> = {
    'nothing at all': { decide: () => undefined, explain: () => ({ allow: true, reasons: [] }) },
    'something that looks like yes': {
      decide: () => ({ allow: 'true' }),
      explain: () => ({ allow: true, reasons: [] }),
    },
    one: { decide: () => ({ allow: 1 }), explain: () => ({ allow: true, reasons: [] }) },
    'no, and then yes': { decide: () => SHUT, explain: () => ({ allow: true, reasons: [] }) },
    'no, without a reason': { decide: () => SHUT, explain: () => ({ allow: false, reasons: [] }) },
  };
  for (const [what, engine] of Object.entries(ODD)) {
    it(`an engine that says ${what}: 503`, () => {
      expect(refusal(() => judge(request(engine)))).to.include({ status: 503 });
    });
  }

  it('without a decision nothing passes', () => {
    const exchange = request({ decide: () => OPEN, explain: () => ({ allow: true, reasons: [] }) });
    expect(refusal(() => void enforce(exchange))).to.include({ status: 503 });
  });
});
