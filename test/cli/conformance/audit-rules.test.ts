import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { audit } from '../../../cli/conformance/audit/audit.ts';
import { STEPS } from '../../../cli/conformance/audit/migration.ts';
import { BASELINE_RULE, SOURCE_RULES } from '../../../cli/conformance/audit/rules.ts';
import { discoverManifests } from '../../../modules/manifest/discover.ts';

const manifests = discoverManifests().map(({ manifest }) => manifest);

/** The rules a source of finance breaks. */
async function broken(name: string, text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kisum-audit-'));
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
  const { found, examined } = await audit(folder, 'finance', manifests);
  expect(examined.files).to.equal(1);
  return [...new Set(found.map(({ rule }) => rule))];
}

type Case = [rule: string, what: string, file: string, source: string];

const FAULTS: Case[] = [
  ['KSM-V01', 'an import of jsonwebtoken', 'a.ts', `import jwt from 'jsonwebtoken';`],
  ['KSM-V01', 'a required express-jwt', 'a.js', `const { expressjwt } = require("express-jwt");`],
  ['KSM-V01', 'a dynamic import of jose', 'a.mjs', 'const jose = await import(`jose`);'],
  ['KSM-V01', 'jwt.verify', 'a.ts', `const it = jwt.verify(token, key);`],
  ['KSM-V01', 'a token taken apart by hand', 'a.ts', `const [, body] = token.split('.');`],
  ['KSM-V01', 'passport.authenticate', 'a.js', `app.use(passport.authenticate('jwt'));`],
  ['KSM-V01', 'golang-jwt', 'a.go', `package a\nimport (\n  "github.com/golang-jwt/jwt/v5"\n)`],
  ['KSM-V01', 'jwt.Parse in Go', 'a.go', `package a\nfunc f() { t, err := jwt.Parse(raw, keyFunc) }`],
  ['KSM-V02', 'claims.role', 'a.ts', `const mine = claims.role;`],
  ['KSM-V02', 'req.user.permissions', 'a.ts', `use(req.user?.permissions);`],
  ['KSM-V02', 'a destructured claim', 'a.ts', `const { roles } = decoded;`],
  [
    'KSM-V02',
    'payload.role beside a token library',
    'a.ts',
    `import { jwtVerify } from 'jose';\nconst x = payload.role;`,
  ],
  ['KSM-V02', 'claims["role"] in Go', 'a.go', `package a\nvar r = claims["role"]`],
  ['KSM-V03', 'a compared role', 'a.ts', `if (user.role === 'accountant') go();`],
  ['KSM-V03', 'a role of an enum', 'a.ts', `if (user.role !== Role.Admin) stop();`],
  ['KSM-V03', 'a role in a switch', 'a.ts', `switch (user.role) { case 'owner': go(); }`],
  ['KSM-V03', 'a role in a list', 'a.ts', `if (['admin', 'owner'].includes(user.role)) go();`],
  ['KSM-V03', 'a role in a named list', 'a.ts', `if (ADMIN_ROLES.includes(user.role)) go();`],
  ['KSM-V03', 'isAdmin', 'a.tsx', `const Page = () => (isAdmin ? <A /> : <B />);`],
  ['KSM-V03', 'permissions.includes', 'a.ts', `return permissions.includes('finance.expense.view');`],
  ['KSM-V03', 'a guard of its own', 'a.ts', `router.get('/x', requireRole('manager'), handler);`],
  ['KSM-V03', 'a role in SQL', 'a.sql', `select 1 from seats where role = 'admin';`],
  ['KSM-V03', 'a role in Go', 'a.go', `package a\nfunc f() bool { return user.Role == "accountant" }`],
  ['KSM-V03', 'slices.Contains', 'a.go', `package a\nvar ok = slices.Contains(user.Permissions, "x")`],
  ['KSM-V04', 'casbin', 'a.ts', `import { newEnforcer } from 'casbin';`],
  ['KSM-V04', 'casl', 'a.ts', `import { AbilityBuilder } from '@casl/ability';`],
  ['KSM-V04', 'accesscontrol', 'a.js', `const AccessControl = require('accesscontrol');`],
  ['KSM-V04', 'casbin in Go', 'a.go', `package a\nimport "github.com/casbin/casbin/v2"`],
  ['KSM-V05', 'bcrypt', 'a.ts', `import bcrypt from 'bcrypt';`],
  ['KSM-V05', 'bcrypt in Go', 'a.go', `package a\nimport "golang.org/x/crypto/bcrypt"`],
  ['KSM-V06', 'create table users', 'a.sql', `CREATE TABLE IF NOT EXISTS "users" (id int);`],
  ['KSM-V06', 'a prefixed table', 'a.sql', `create table finance_roles (id int);`],
  ['KSM-V06', 'a table in a string', 'a.ts', 'export const up = `create table user_roles (id int)`;'],
  ['KSM-V06', "knex's createTable", 'a.ts', `await knex.schema.createTable('memberships', build);`],
  ['KSM-V06', 'an entity class', 'a.ts', `@Entity()\nexport class User {}`],
  ['KSM-V06', 'a Sequelize model', 'a.ts', `class Permission extends Model {}`],
  ['KSM-V06', 'a Mongoose model', 'a.js', `module.exports = mongoose.model('User', schema);`],
  ['KSM-V06', 'a Prisma model', 'a.prisma', `model User {\n  id Int @id\n}`],
  ['KSM-V06', 'a gorm struct', 'a.go', 'package a\ntype User struct {\n  ID int `gorm:"primaryKey"`\n}'],
  ['KSM-V07', 'a query of users', 'a.ts', `await knex('users').where({ id });`],
  ['KSM-V07', 'a typed query', 'a.ts', `await tx<Row>('user_roles').select();`],
  ['KSM-V07', 'a join', 'a.sql', `select * from expenses e join users u on u.id = e.user_id;`],
  ['KSM-V07', 'a second table of a list', 'a.sql', `select * from expenses e, roles r where true;`],
  ['KSM-V07', 'SQL in Go', 'a.go', 'package a\nvar q = `select id from users where id = $1`'],
  ['KSM-V08', 'the query', 'a.ts', `const id = req.query.companyId;`],
  ['KSM-V08', 'the body, destructured', 'a.ts', `const { amount, company_id } = req.body;`],
  ['KSM-V08', 'a destructured parameter', 'a.ts', `const f = ({ body: { companyId } }) => companyId;`],
  ['KSM-V08', 'search parameters', 'a.ts', `const id = url.searchParams.get('companyId');`],
  ['KSM-V08', 'a Nest decorator', 'a.ts', `class A { list(@Query('companyId') id: string) {} }`],
  ['KSM-V08', 'the query in Go', 'a.go', `package a\nvar id = r.URL.Query().Get("company_id")`],
  ['KSM-V08', 'gin', 'a.go', `package a\nfunc f() { id := c.Query("companyId") }`],
  ['KSM-V09', "Core's internal API", 'a.ts', 'await fetch(`${base}/internal/companies/${id}`);'],
  ['KSM-V09', "Auth's host", 'a.ts', `const url = 'http://auth-service:3097/users';`],
  ['KSM-V09', "Auth's path", 'a.ts', `client.get('/auth/me/access');`],
  ['KSM-V09', "Core's setting", 'a.ts', `const base = process.env.CORE_SERVICE_URL;`],
  ['KSM-V09', 'a client package', 'a.ts', `import { core } from '../clients/core-client.js';`],
  ['KSM-V09', "Auth's setting in Go", 'a.go', `package a\nvar base = os.Getenv("AUTH_URL")`],
  ['KSM-V10', 'a subscription table', 'a.sql', `select * from company_subscriptions;`],
  ['KSM-V10', 'hasModule', 'a.ts', `if (!company.hasModule('finance')) stop();`],
  ['KSM-V10', 'a list of modules', 'a.ts', `if (company.enabledModules.includes('finance')) go();`],
  ['KSM-V11', 'a schema', 'a.sql', `select name from promoter.event;`],
  ['KSM-V11', 'a schema in knex', 'a.ts', `query.leftJoin('promoter.event as e', 'e.id', 'x.event_id');`],
  ['KSM-V11', 'a prefix', 'a.ts', `await db('venue_bookings').insert(row);`],
  ['KSM-V11', 'an update', 'a.sql', `update touring.tour set name = 'x';`],
  ['KSM-V11', 'a quoted name', 'a.go', `package a\nvar q = "delete from \\"venue_bookings\\""`],
  ['KSM-V12', 'a bare name', 'a.sql', `select * from bookings;`],
  ['KSM-V13', 'a path', 'a.ts', 'await fetch(`${gateway}/api/venue/bookings`);'],
  ['KSM-V13', 'a host', 'a.ts', `axios.get('http://touring-service:4000/tours');`],
  ['KSM-V13', 'an underscore as a hyphen', 'a.go', `package a\nvar u = "/api/venue-marketplace/offers"`],
  ['KSM-V14', 'a token', 'a.ts', `console.log('in', token);`],
  ['KSM-V14', 'a token in a template', 'a.ts', 'logger.info(`token is ${session.accessToken}`);'],
  ['KSM-V14', 'a shorthand property', 'a.ts', `req.log.warn({ password });`],
  ['KSM-V14', 'all headers', 'a.ts', `logger.debug({ headers: req.headers });`],
  ['KSM-V14', 'a header', 'a.ts', `log.info(req.headers.authorization);`],
  ['KSM-V14', 'a token in Go', 'a.go', `package a\nfunc f() { log.Printf("token %s", token) }`],
];

/** Looks like the rule's fault and is none: must give nothing at all. */
const NEAR: Case[] = [
  ['KSM-V01', 'a comment', 'a.ts', `// import jwt from 'jsonwebtoken'; jwt.verify(token)`],
  ['KSM-V01', 'a word in a string', 'a.ts', `const text = 'we no longer use jsonwebtoken';`],
  ['KSM-V01', 'verify of something else', 'a.ts', `await invoice.verify(total);`],
  ['KSM-V01', 'a split text', 'a.ts', `const parts = version.split('.');`],
  ['KSM-V01', 'an own package in Go', 'a.go', `package a\nimport "example.org/finance/jwtless"`],
  ['KSM-V02', 'the role of a contact', 'a.ts', `const label = contact.role;`],
  ['KSM-V02', 'a payload without a token', 'a.ts', `const group = payload.groups;`],
  ['KSM-V02', 'a type', 'a.ts', `interface Claims { role: string }\ntype A = Claims['role'];`],
  ['KSM-V02', 'an insurance claim', 'a.sql', `select claims.amount from claims;`],
  ['KSM-V03', 'a crew role', 'a.ts', `if (crew.role === 'driver') drive();`],
  ['KSM-V03', 'a status', 'a.ts', `if (expense.status === 'owner_review') go();`],
  ['KSM-V03', 'another list', 'a.ts', `if (categories.includes(expense.category)) go();`],
  ['KSM-V03', 'an SQL comment', 'a.sql', `-- where role = 'admin'\nselect 1;`],
  ['KSM-V03', 'a Go comment', 'a.go', `package a\n/* user.Role == "admin" */`],
  ['KSM-V04', 'a package that sounds alike', 'a.ts', `import { castle } from '@castle/sdk';`],
  ['KSM-V05', 'a checksum', 'a.ts', `import { createHash } from 'node:crypto';`],
  ['KSM-V06', 'a column of that name', 'a.sql', `create table expense (user_id uuid, permissions text);`],
  ['KSM-V06', 'a dropped table', 'a.sql', `drop table users;`],
  ['KSM-V06', 'a text that speaks of it', 'a.ts', `const help = 'do not create table users here';`],
  ['KSM-V06', 'a plain class', 'a.ts', `export class User {}`],
  ['KSM-V06', 'a plain struct', 'a.go', `package a\ntype User struct {\n  Name string\n}`],
  ['KSM-V07', 'Array.from', 'a.ts', `const letters = Array.from('users');`],
  ['KSM-V07', 'path.join', 'a.ts', `const file = path.join('users', name);`],
  ['KSM-V07', 'a string in SQL', 'a.sql', `select 'from users' as text;`],
  ['KSM-V07', 'a named query', 'a.sql', `with users as (select 1) select * from users;`],
  ['KSM-V08', 'a field of a row', 'a.ts', `await knex('expense').where({ company_id: request.company });`],
  ['KSM-V08', 'a row of a result', 'a.ts', `const id = row.companyId;`],
  ['KSM-V08', 'another field of the body', 'a.ts', `const { amount } = req.body;`],
  ['KSM-V08', 'a header in Go', 'a.go', `package a\nvar id = r.Header.Get("x-org")`],
  ['KSM-V09', "a bank's token", 'a.ts', `await fetch('https://bank.example/auth/token');`],
  ['KSM-V09', 'a built bank address', 'a.ts', 'await fetch(`${bankUrl}/auth/token`);'],
  ['KSM-V09', 'an internal folder', 'a.ts', `import { db } from '../internal/db.js';`],
  ['KSM-V09', 'a word', 'a.ts', `const text = 'the core of it: auth';`],
  ['KSM-V10', 'another subscription', 'a.ts', `newsletter.subscribe(contact);`],
  ['KSM-V10', 'another list', 'a.ts', `if (modulesOfCourse.includes(x)) go();`],
  ['KSM-V11', 'its own table', 'a.sql', `select * from finance.expense;`],
  ['KSM-V11', 'an alias', 'a.sql', `select venue.name from expense venue;`],
  ['KSM-V12', 'a table it creates', 'a.sql', `create table quotes (id int); select * from quotes;`],
  ['KSM-V12', 'its own entity', 'a.sql', `select * from expenses join settlement s on true;`],
  ['KSM-V12', 'distinct from', 'a.sql', `select a is distinct from event;`],
  ['KSM-V13', 'its own path', 'a.ts', `app.get('/api/finance/expenses', list);`],
  ['KSM-V13', 'a longer word', 'a.ts', `const url = '/api/venues-map';`],
  ['KSM-V13', 'another host', 'a.ts', `const url = 'https://airline.example/';`],
  ['KSM-V14', 'a word', 'a.ts', `console.log('token expired');`],
  ['KSM-V14', 'a version', 'a.ts', `logger.info({ tokenVersion, userId });`],
  ['KSM-V14', 'a redacted one', 'a.ts', `logger.info({ token: '[redacted]', by: redact(token) });`],
  ['KSM-V14', 'a token that is used', 'a.ts', `await send(token);`],
];

describe('the rules of audit', () => {
  describe('find', () => {
    for (const [rule, what, file, source] of FAULTS)
      it(`${rule} in ${file}: ${what}`, async () => expect(await broken(file, source)).to.include(rule));
  });

  describe('leave alone', () => {
    for (const [rule, what, file, source] of NEAR)
      it(`${rule} in ${file}: ${what}`, async () => expect(await broken(file, source)).to.deep.equal([]));
  });

  it('have, each, a fault and a near miss here', () => {
    const ids = SOURCE_RULES.map(({ id }) => id).sort();
    expect([...new Set(FAULTS.map(([rule]) => rule))].sort()).to.deep.equal(ids);
    expect([...new Set(NEAR.map(([rule]) => rule))].sort()).to.deep.equal(ids);
  });

  it('stand, each, in one step of the migration', () => {
    const inSteps = STEPS.flatMap(({ rules }) => rules).sort();
    expect(inSteps).to.deep.equal(SOURCE_RULES.map(({ id }) => id).sort());
    expect(inSteps).to.not.include(BASELINE_RULE.id);
  });
});
