import type { Access } from '../access/access.ts';
import type { UserFact } from '../access/source.ts';
import { Refusal, unauthorized, unavailable } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { Exchange, type Step } from '../request/exchange.ts';
import { decide } from '../steps/decide.ts';
import { enforce } from '../steps/enforce.ts';
import { logDecision } from '../steps/log-decision.ts';
import { checkUser } from '../steps/validate-jwt.ts';

/** What is true now of a user in a company; both absent where nobody had to say who they are. */
export interface Facts {
  user: UserFact | undefined;
  access: Access | undefined;
}

/** Judges what is under way once more, by the steps that judged it first and what is true now. */
export class Judge {
  readonly #parts: Pick<Parts, 'access' | 'catalogs'>;
  readonly #decide: Step;
  readonly #log: Step;

  constructor(parts: Pick<Parts, 'access' | 'catalogs' | 'policies' | 'decisionLog'>) {
    this.#parts = parts;
    this.#decide = decide(parts);
    this.#log = logDecision(parts);
  }

  /** @throws Refusal, 503 when it cannot be had */
  async read({ userId, companyId, bearer }: Exchange): Promise<Facts> {
    const { access } = this.#parts;
    try {
      const known = userId && companyId ? await access.access(userId, companyId, bearer) : undefined;
      if (userId && bearer && !companyId) await access.vouch?.(userId, bearer);
      return { access: known, user: userId === undefined ? undefined : await access.user(userId) };
    } catch (cause) {
      throw cause instanceof Refusal ? cause : unavailable('access cannot be determined', cause);
    }
  }

  /**
   * The exchange goes on as what it would be judged as now.
   * @throws Refusal that a new request would get
   */
  again(exchange: Exchange, { user, access }: Facts): void {
    if (user) checkUser(user, exchange.tokenVersion);
    // An own endpoint asks no policy about itself.
    if (!exchange.decision) {
      Object.assign(exchange, { user, access });
      return exchange.transfer?.renew?.();
    }
    const now = this.#asked(exchange, { user, access });
    if (!now.subject && now.match && now.match.route.access !== 'public')
      throw unauthorized('a bearer token is needed');
    void this.#decide(now);
    const { catalog, decision, decisionId } = now;
    Object.assign(exchange, { user, access, catalog, decision, match: now.match ?? exchange.match });
    if (decision!.allow) return;
    exchange.decisionId = decisionId;
    void this.#log(now);
    void enforce(now);
  }

  /** The same question as of today: where the catalog has this route no longer, of none. */
  #asked(exchange: Exchange, facts: Facts): Exchange {
    const { req, target, match } = exchange;
    const catalog = this.#parts.catalogs.current;
    const found = catalog.routes.find(req.method!, target!.path);
    const isSame = found?.route.id === match!.route.id;
    const now = Object.create(Exchange.prototype) as Exchange;
    return Object.assign(now, exchange, facts, { catalog, match: isSame ? found : undefined });
  }
}
