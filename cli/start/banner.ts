import pc from 'picocolors';
import { DEMO_COMPANIES, DEMO_USERS } from '../../platform/demo.ts';

const ACME = '11111111-1111-4111-8111-111111111111';
const SOLO = '33333333-3333-4333-8333-333333333333';

interface Example {
  what: string;
  user?: string;
  company?: string;
  path: string;
}

const EXAMPLES: Example[] = [
  { what: '200 allowed', user: 'ana', company: ACME, path: '/api/promoter/events' },
  { what: '401 no token', company: ACME, path: '/api/promoter/events' },
  { what: '400 no company', user: 'ana', path: '/api/promoter/events' },
  { what: '403 not entitled', user: 'sol', company: SOLO, path: '/api/finance/expenses' },
  { what: '403 permission missing', user: 'ben', company: ACME, path: '/api/finance/settlements' },
  { what: '404 no such route', user: 'ana', company: ACME, path: '/api/finance/nothing' },
];

interface Urls {
  gateway: string;
  admin: string;
  auth: string;
  example: string;
}

/** What `npm start` prints: where things are, who can be tried, and lines to paste. */
export function banner(urls: Urls, data: string): string {
  const companies = DEMO_COMPANIES.map(({ id, name }) => `  ${name.padEnd(10)} ${id}`);
  const people = DEMO_USERS.map(({ name, email }) => `  ${name.padEnd(10)} ${email}`);
  return [
    '',
    `${pc.bold('Kisum gateway')}  ${pc.cyan(urls.gateway)}`,
    `  page     ${pc.cyan(urls.example)}  ${pc.dim('who may do what, live')}`,
    `  admin    ${urls.admin}/metrics`,
    `  auth     ${urls.auth}/.well-known/jwks.json`,
    `  data     ${data}`,
    '',
    pc.bold('Companies'),
    ...companies,
    pc.bold('People') + pc.dim('  (a token: npx kisum-cli token --user ana)'),
    ...people,
    '',
    pc.bold('Try'),
    ...EXAMPLES.flatMap((example) => [pc.dim(`# ${example.what}`), curl(example, urls.gateway), '']),
    pc.dim('Ctrl-C ends it; the data stays. npm run reset forgets it.'),
    '',
  ].join('\n');
}

function curl({ user, company, path }: Example, gateway: string): string {
  const token = user && `-H "authorization: Bearer $(npx kisum-cli token --user ${user})"`;
  const org = company && `-H "x-org: ${company}"`;
  return ['curl -i', token, org, gateway + path].filter(Boolean).join(' ');
}
