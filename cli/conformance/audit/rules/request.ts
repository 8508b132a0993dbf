import { plain } from '../facts.ts';
import type { AuditRule } from '../rule.ts';

const COMPANY = new Set([...['companyid', 'orgid', 'organisationid', 'organizationid', 'tenantid']]);
const INPUT = new Set(['query', 'body', 'searchparams']);
const READERS = new Set([
  ...[
    'get',
    'query',
    'body',
    'queryparam',
    'defaultquery',
    'getquery',
    'formvalue',
    'postformvalue',
    'postform',
  ],
]);

export const requestRules: AuditRule[] = [
  {
    id: 'KSM-V08',
    kind: 'audit',
    severity: 'error',
    title: 'The company comes from x-org, never from the query or the body',
    why: "Access was judged for the company in x-org; another one in the body is another company's data.",
    fix: 'take request.company of the kit; drop the field from the query and the body',
    fault(fact) {
      if (fact.kind === 'member') {
        const at = fact.path.findIndex((name, index) => index > 0 && COMPANY.has(plain(name)));
        const from = fact.path.slice(0, Math.max(at, 0)).at(-1);
        return INPUT.has(plain(from)) ? `takes the company from ${fact.path.join('.')}` : undefined;
      }
      if (fact.kind !== 'call' || !COMPANY.has(plain(fact.texts[0]))) return undefined;
      const [last, receiver] = [plain(fact.path.at(-1)), plain(fact.path.at(-2))];
      const reads = last === 'get' ? INPUT.has(receiver) : READERS.has(last);
      return reads ? `takes the company from ${fact.path.join('.')}` : undefined;
    },
  },
];
