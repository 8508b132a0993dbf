import type { DecisionEvent, LogTreatment, Maskable } from '../../policies/contract.ts';
import { MASKABLE } from '../../policies/contract.ts';
import type { CatalogLine } from '../../policies/decision-log/catalog.ts';
import type { Exchange } from '../request/exchange.ts';
import { asked } from '../steps/decide.ts';

/** What of a logged decision is the same for everybody who gets this decision. */
export interface EventParts {
  /** What it was decided on. */
  catalog: CatalogLine;
  drop: boolean;
  hasRequestId: boolean;
  hasUser: boolean;
  hasCompany: boolean;
  /** `,"path":…` up to the subject. */
  middle: string;
  /** What was erased; empty, or a member with its comma. */
  erased: string;
}

/** @param treatment `undefined` when the log's policy could not be asked: then all that may be erased is */
export function eventParts(
  exchange: Exchange,
  known: { catalog: CatalogLine; labels: Record<string, string>; treatment: LogTreatment | undefined },
): EventParts {
  const { drop, mask } = known.treatment ?? { drop: false, mask: [...MASKABLE] };
  const { revision } = exchange.catalog.engine;
  const same: Omit<DecisionEvent, 'decision_id' | 'timestamp' | 'subject'> = {
    path: 'kisum/decision/decision',
    input: asked(exchange),
    result: exchange.decision!,
    bundles: { kisum: { revision } },
    catalog: { digest: known.catalog.digest },
    labels: known.labels,
  };
  const has = (pointer: Maskable) => !mask.includes(pointer);
  return {
    catalog: known.catalog,
    drop,
    hasRequestId: has('/req_id'),
    hasUser: has('/subject/user_id'),
    hasCompany: has('/subject/company_id'),
    middle: `,${JSON.stringify(same).slice(1, -1)}`,
    erased: mask.length > 0 ? `,"erased":${JSON.stringify(mask)}` : '',
  };
}

/** A decision as a line, put together from strings: all that is new in it are checked ids, which need no escaping. */
export function eventLine(
  { decisionId, requestId, userId, companyId }: Exchange,
  { hasRequestId, hasUser, hasCompany, middle, erased }: EventParts,
  time: string,
): string {
  const request = hasRequestId ? `,"req_id":"${requestId}"` : '';
  const user = hasUser && userId ? `"user_id":"${userId}"` : '';
  const company = hasCompany && companyId ? `"company_id":"${companyId}"` : '';
  const comma = user && company ? ',' : '';
  return (
    `{"decision_id":"${decisionId}","timestamp":"${time}"${request}${middle},` +
    `"subject":{${user}${comma}${company}}${erased}}\n`
  );
}
