import type { Rule } from '../rule.ts';

const CHAIN =
  'Serve the route through the kit (defineModule), which puts the five middlewares before its handler';
const CONTRACT = 'or follow docs/module-contract.md';

function probe(number: number, title: string, why: string, fix: string): Rule {
  return {
    id: `KSM-P${String(number).padStart(2, '0')}`,
    kind: 'runtime',
    severity: 'error',
    title,
    why,
    fix,
  };
}

/** What is found by speaking to a running module; one rule for each probe. */
export const RUNTIME_RULES: Rule[] = [
  probe(
    1,
    'A request without one bearer token or assertion is answered 401',
    'A credential that is missing, doubled, of another scheme or in the query proves nobody; Auth is not asked about it.',
    `${CHAIN}; ${CONTRACT}: read the credential from its one header.`,
  ),
  probe(
    2,
    'A token or assertion that is not right in every respect is answered 401',
    'A service that skips one check (signature, algorithm, issuer, audience, time) lets in whoever forges that part.',
    `${CHAIN}; ${CONTRACT}: pin the algorithm, check iss, aud, exp, iat, nbf and sub.`,
  ),
  probe(
    3,
    'A request without one well-formed x-org is answered 400',
    'A company that is guessed, defaulted or taken from elsewhere mixes tenants.',
    `${CHAIN}; ${CONTRACT}: x-org once, a UUID, and the company of the assertion where there is one.`,
  ),
  probe(
    4,
    'A user who is no member of the company is answered 403',
    'Auth says that this user has no access; nothing a service knows may outweigh it.',
    `${CHAIN}; ${CONTRACT}: Auth's 403 is answered as 403.`,
  ),
  probe(
    5,
    'A user who may not enter the module is answered 403',
    'A company that did not buy the module, or a user without a grant, would use it for nothing.',
    `${CHAIN}; ${CONTRACT}: the module's key stands in "modules", spelled exactly so.`,
  ),
  probe(
    6,
    'Without exactly the declared permission the answer is 403',
    'A sibling, a prefix, a wildcard or another spelling is another permission.',
    `${CHAIN}; ${CONTRACT}: compare permissions as whole strings, and the one the route declares.`,
  ),
  probe(
    7,
    'What a token claims of roles and permissions lets nobody in',
    'Access computed from claims outlives every revocation, and is not what Auth decided.',
    `${CHAIN}; ${CONTRACT}: take access from Auth's answer or the gateway's assertion alone.`,
  ),
  probe(
    8,
    'A token without claims of roles or permissions is enough when Auth allows',
    'A service that wants such claims computes access by itself.',
    `${CHAIN}; ${CONTRACT}: take access from Auth's answer or the gateway's assertion alone.`,
  ),
  probe(
    9,
    'While Auth cannot say who may do what, the answer is 503, and well again with its next good answer',
    'An outage of Auth that opens a module is the attack; one that closes it for good is the next outage.',
    `${CHAIN}; ${CONTRACT}: whatever is not a clear answer about this user and this company is a 503, in good time.`,
  ),
  probe(
    10,
    'Without a key to judge it by no token is believed, and new keys are found',
    'Keys rotate and addresses fail: neither may open the module, nor close it longer than a second.',
    `${CHAIN}; ${CONTRACT}: 503 with no keys at all, 401 for an unknown one after one refetch, good keys are kept.`,
  ),
  probe(
    11,
    'With everything granted the declared route answers, and Auth was asked about this user and company',
    'What is declared works, and was judged for the one who asks.',
    'Make the handler take what module.yaml declares; see the log of the module for what it refused.',
  ),
  probe(
    12,
    'An invalid body is answered 400, and only to who may send a valid one',
    'A denied caller who reads validation errors learns the shape, and often the content, of what is behind.',
    `${CHAIN}; ${CONTRACT}: read and check the body after the last check of access.`,
  ),
  probe(
    13,
    'A row of one company does not exist for another',
    'The worst fault a multi-tenant service can have.',
    'Reach rows through request.transaction and collection(); take the company from the request alone, never from the body.',
  ),
  probe(
    14,
    'A right that was taken away stops working with the next request',
    'Stale access is a security issue: the user has been let go, and still reads.',
    `${CHAIN}; ${CONTRACT}: keep no decision whose validity is not proven.`,
  ),
  probe(
    15,
    'Another spelling of an address or method reaches no handler without the checks',
    'A path that the router reads in one way and the guard in another is a way around the guard.',
    `${CHAIN}; ${CONTRACT}: match exactly; no method override, no trailing slash, no decoding twice.`,
  ),
  probe(
    16,
    'What module.yaml does not declare is not served',
    'A route nobody declared is a route nobody judged.',
    'Declare the route in module.yaml, with its permission, or remove it.',
  ),
  probe(
    17,
    'Every request leaves one JSON line that explains it, and no secret leaves the module',
    'What cannot be found in the log cannot be explained; a token in the log is a token given away.',
    `Log through the kit; ${CONTRACT}: one line with its required fields, no token, no secret.`,
  ),
  probe(
    18,
    'The module speaks only to Auth, the gateway, its database and declared hosts, and touches only its own tables',
    'Data that leaves by an undeclared way is a leak; a foreign table read is a coupling nobody sees.',
    'Declare the host in spec.integrations or the entity in spec.data.reads, and read it through request.base.',
  ),
  probe(
    19,
    'With everything wrong at once the answer is 401, then 400, then 403',
    'The order keeps what a stranger learns to nothing.',
    `${CHAIN}; ${CONTRACT}: token, x-org, access, and only then the request itself.`,
  ),
  probe(
    20,
    'The module starts, survives whatever is sent, and on SIGTERM ends what runs and exits with 0',
    'A request that ends a process ends it for every tenant; one that is cut by a deployment is lost.',
    'Answer bad input with an error, keep nothing running after close, and leave SIGTERM to the host.',
  ),
  probe(
    21,
    'A row of one business unit does not exist for who is limited to others',
    'Whoever was given one branch of a company reads and writes in all of them.',
    `Reach rows through request.transaction and collection(), which keep to request.units; ${CONTRACT}: units of the assertion or of Auth's answer, null for no limit, an empty list for nothing.`,
  ),
];
