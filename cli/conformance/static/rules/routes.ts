import { targetOf } from '../imports.ts';
import { anyOf, inCode, rule, type StaticRule } from '../rule.ts';
import { definitionFaults, definitionsOf, fileOf, handlerFaults } from './definitions.ts';

const COMPANY = [
  'company',
  'companyId',
  'company_id',
  'org',
  'orgId',
  'org_id',
  'organizationId',
  'tenant',
].concat(['tenantId', 'tenant_id']);
const INTERNALS =
  /^(?:createModuleApp|chainOf|validateJwt|requireCompanyContext|resolveAccessContext|requireModule|requirePermission|createStore|baseOf)$/;

export const ROUTES: StaticRule[] = [
  rule(
    'R01',
    {
      title: 'A module makes no server, app or router',
      why: 'A route of its own making has no access chain before it.',
      fix: 'Declare the route in module.yaml and give its handler to defineModule',
    },
    anyOf(
      inCode('import', ({ from }, file, module) =>
        targetOf(module, file, from) === 'server' ? `imports ${from}` : undefined,
      ),
      inCode('call', ({ path }) => {
        const serves = /^create(?:Secure|Http2Secure)?Server$/.test(path.at(-1) ?? '');
        const listens = path.at(-1) === 'listen' && /^(?:app|server|router)$/.test(path.at(-2) ?? '');
        return serves || listens ? `calls ${path.join('.')}` : undefined;
      }),
    ),
  ),
  rule(
    'R02',
    {
      title: "Each service is defined once, of the folder's own manifest",
      why: 'The catalog is told one manifest; a backend made of another serves routes nobody judged.',
      fix: 'index.ts: export default defineModule(manifest, { … }) with manifest of ./manifest.ts',
    },
    definitionFaults,
  ),
  rule(
    'R03',
    {
      title: 'Handlers and declared routes are the same',
      why: 'A handler nobody declared has no permission; a route without one ends the module as it starts.',
      fix: 'Declare the route in module.yaml, or take the handler away; name handlers by literals',
    },
    handlerFaults,
  ),
  rule(
    'R04',
    {
      title: 'The company is the one the request was judged for',
      why: 'A company that the client names in a body or a query is one nobody has checked.',
      fix: 'Use request.company',
    },
    inCode('member', ({ path }, _file, { manifest }) => {
      const fields = (manifest?.owns ?? []).flatMap((owned) => owned.fields.map(({ name }) => name));
      const others = (manifest?.owns ?? []).flatMap(({ companies }) => companies.slice(1));
      const mine = (manifest?.owns ?? []).map(({ companies }) => companies[0]!);
      const index = path.findIndex((part) =>
        ['body', 'query', 'params', 'headers', 'cookies'].includes(part),
      );
      const name = index < 0 ? undefined : path[index + 1];
      if (name === undefined || [...fields, ...others].includes(name)) return undefined;
      return [...COMPANY, ...mine].includes(name) ? `takes the company from ${path.join('.')}` : undefined;
    }),
  ),
  rule(
    'R05',
    {
      title: "A module leaves the kit's own parts alone",
      why: 'The access chain is put before each route in one place; a module that builds its own may leave a step out.',
      fix: 'Import from modules/kit/index.ts what it offers to modules',
    },
    inCode('import', ({ from, names }, file, module) => {
      const target = targetOf(module, file, from);
      if (target === 'kit internals') return `imports ${from}, a part of the kit`;
      const part = target === 'kit' ? names.find((name) => INTERNALS.test(name)) : undefined;
      return part && `imports ${part}, a part of the kit`;
    }),
  ),
  rule(
    'R06',
    {
      title: 'No route and no permission is a wildcard',
      why: 'What stands for everything also stands for what is added tomorrow.',
      fix: 'Name each one',
    },
    inCode('text', ({ text }, _file, { key, others }) => {
      const [first = '', ...rest] = text.split('.');
      const isKey = first === key || others.some((other) => other.key === first);
      return isKey && rest.at(-1) === '*' ? `${text} stands for everything` : undefined;
    }),
  ),
  rule(
    'R07',
    {
      title: 'Each service has its backend',
      severity: 'warn',
      why: 'A declared service without one answers 503.',
      fix: 'Write it, or take the service and its routes out of the manifest',
    },
    (module) => {
      const defined = definitionsOf(module).map(({ definition }) => definition.service ?? module.key);
      const { manifest } = module;
      return (manifest?.services ?? [])
        .filter((service) => !defined.includes(service))
        .map((service) => ({
          file: 'module.yaml',
          message: `${service} has no ${fileOf(manifest!, service)}`,
        }));
    },
  ),
];
