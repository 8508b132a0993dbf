import type { Manifest } from '../../../../modules/manifest/manifest.ts';
import { targetOf } from '../imports.ts';
import { anyOf, inCode, rule, type StaticRule } from '../rule.ts';
import { tablesNamed } from './tables.ts';

const RIGHTS = [
  'claims',
  'role',
  'roles',
  'permission',
  'permissions',
  'scope',
  'scopes',
  'isAdmin',
  'is_admin',
];
const PROOFS = ['token', 'jwt', 'bearer', 'authorization', 'assertion', 'accessToken', 'idToken'];
const HEADERS = ['authorization', 'x-org', 'x-kisum-assertion', 'x-kisum-on-behalf-of'];
const ROLES = ['admin', 'owner', 'superadmin', 'super_admin', 'superuser', 'root'];

/** Names of the module's own data: a tour member's `role` is a word of the business. */
function ownWords(manifest: Manifest | undefined): string[] {
  const entities = manifest?.owns ?? [];
  return entities.flatMap(({ entity, plural, fields }) => [
    entity,
    plural,
    ...fields.flatMap(({ name, values = [] }) => [name, ...values]),
  ]);
}

function rightIn(path: string[], manifest: Manifest | undefined): string | undefined {
  const words = ownWords(manifest);
  return path.slice(1).find((part) => RIGHTS.includes(part) && !words.includes(part));
}

export const ACCESS: StaticRule[] = [
  rule(
    'A01',
    {
      title: 'A module reads no role, permission or claim',
      why: 'Who may do what is decided in one place; a second opinion is the first to be wrong.',
      fix: 'Declare the route with its permission in module.yaml: the chain before the handler asks for it',
    },
    inCode('member', ({ path }, _file, { manifest }) => {
      const right = rightIn(path, manifest);
      return right && `reads ${path.join('.')}: ${right} is for the access chain alone`;
    }),
  ),
  rule(
    'A02',
    {
      title: 'A module compares no role',
      why: 'A role grants nothing by itself; code that knows one gives rights nobody granted.',
      fix: 'Declare a permission of its own for what only some may do',
    },
    inCode('compare', ({ path, value }, _file, { manifest }) => {
      const isRole = ROLES.includes(value.toLowerCase()) && !ownWords(manifest).includes(value);
      return rightIn(path, manifest) || isRole
        ? `compares ${path.join('.') || 'a value'} with '${value}'`
        : undefined;
    }),
  ),
  rule(
    'A03',
    {
      title: 'A module has no library for tokens, passwords or policies',
      why: 'With one begins a second access system, with its own keys and its own mistakes.',
      fix: "Leave it out: request.userId and request.company come from the kit's chain, judged",
    },
    inCode('import', ({ from }, file, module) =>
      targetOf(module, file, from) === 'access' ? `imports ${from}` : undefined,
    ),
  ),
  rule(
    'A04',
    {
      title: 'A module opens no token and no header of identity',
      why: 'What is taken from a token that the chain has not checked is what anybody cares to write into one.',
      fix: 'Use request.userId and request.company',
    },
    anyOf(
      inCode('call', ({ path, names }) => {
        const opens = /decode|verify|parse|atob|^split$|^from$/i.test(path.at(-1) ?? '');
        const proof = [path, ...names].flat().find((part) => PROOFS.includes(part));
        return opens && proof !== undefined ? `opens ${proof}` : undefined;
      }),
      inCode('text', ({ text }) =>
        HEADERS.includes(text.toLowerCase()) ? `names the header ${text}` : undefined,
      ),
    ),
  ),
  rule(
    'A05',
    {
      title: 'A module asks no table of users, memberships or subscriptions',
      why: "Core and Auth own them; a module's query there is a decision of its own, and soon a wrong one.",
      fix: 'Leave the query out: access is decided before the handler, and request.userId says who asks',
    },
    (module) =>
      tablesNamed(module)
        .filter(({ schema }) => schema === 'auth' || schema === 'core')
        .map(({ file, at, schema, name }) => ({ file, at, message: `asks ${schema}.${name}` })),
  ),
  rule(
    'A06',
    {
      title: 'A module keeps nothing between requests',
      why: 'The next request is of another company: what is kept is shown to it, and outlives the right to see it.',
      fix: "Keep data in the module's tables; a constant that never changes may stay",
    },
    inCode('state', ({ name }) => `${name} outlives the request`),
  ),
  rule(
    'A07',
    {
      title: 'What cannot be known is not assumed',
      why: 'A failure to ask that ends in an answer lets in whom the answer would have kept out.',
      fix: 'Let the failure through: the kit answers 503; or throw a refusal of your own in the catch',
    },
    inCode('swallow', ({ tried }) =>
      tried.some((path) => path.includes('base') || path.at(-1) === 'transaction')
        ? 'goes on although another module or the database could not be asked'
        : undefined,
    ),
  ),
];
