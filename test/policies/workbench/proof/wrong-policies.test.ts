import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { projectFile } from '../../../../policies/root.ts';
import { openWorkshop, type Workshop } from '../../../../policies/workbench/mutants/workshop.ts';
import { compileInvariants, type Invariants } from '../../../../policies/workbench/proof/judge.ts';
import { prove } from '../../../../policies/workbench/proof/prove.ts';
import { withCompiler } from '../../compiler.ts';
import { tinyCatalog } from './tiny.ts';

interface Wrong {
  name: string;
  file: string;
  from: string | RegExp;
  to: string;
  /** Where it shows. */
  only: string[];
  breaks: string[];
}

const DECISION = 'kisum/decision/decision.rego';
const EXPLAIN = 'kisum/explain/explain.rego';
const EFFECTIVE = 'kisum/effective/effective.rego';
const LAYERS = 'kisum/layers/layers.rego';
const CAPABILITIES = 'kisum/capabilities/capabilities.rego';
const DELEGATION = 'kisum/delegation/delegation.rego';
const ENTITLEMENT = 'kisum/entitlement/entitlement.rego';
const LOG = 'system/log/log.rego';
const PURCHASE = 'kisum/purchase/purchase.rego';
const REMEDY = 'kisum/remedy/remedy.rego';
const FIRST_LINE = 'decision := {"allow": true, "reason": null} if entry.verdict == "open"';

const WRONG: Wrong[] = [
  {
    name: 'allows everything',
    file: DECISION,
    from: FIRST_LINE,
    to: 'decision := {"allow": true, "reason": null} if is_string(entry.verdict)',
    only: ['routes', 'memberships', 'doors', 'calls', 'specials'],
    breaks: [
      'without a token, exactly the public routes are open',
      'what the catalog does not know is shut',
      'nothing of a company for those who are not its active members',
      'nothing without an active base',
      'nothing with two personas at once',
      'the persona is never extended',
      'nothing outside the entitlement',
      'nothing outside the grant',
      'nothing without the permission of the route',
      "a module's permission opens only that module",
      'a module calls another only to read what was declared and is shared',
      'a module enters no route that belongs to nobody',
      'what the contract does not know opens nothing',
    ],
  },
  {
    name: 'refuses everything',
    file: DECISION,
    from: FIRST_LINE,
    to: 'decision := {"allow": false, "reason": "no_membership"} if is_string(entry.verdict)',
    only: ['routes', 'doors'],
    breaks: [
      'a public route is open to all',
      'with a token, a person enters what asks for no more',
      'what is bought and granted is open',
      'the decision names the first fact against it',
      'every deny has a reason, every allow none',
    ],
  },
  {
    name: 'gives a reason for what it allows',
    file: DECISION,
    from: FIRST_LINE,
    to: 'decision := {"allow": true, "reason": "no_membership"} if entry.verdict == "open"',
    only: ['doors'],
    breaks: ['an allowance gives no reason'],
  },
  {
    name: 'has no answer for two personas',
    file: DECISION,
    from: 'if entitlement.base_standing != "one"',
    to: 'if entitlement.base_standing == "no_active_base"',
    only: ['routes'],
    breaks: ['the decision names the first fact against it'],
  },
  {
    name: 'refuses in a word of its own',
    file: DECISION,
    from: '_refuse(reason) := {"allow": false',
    to: '_refuse(reason) := {"allow": "no"',
    only: ['doors'],
    breaks: ['every question gets an answer, whole and well formed'],
  },
  {
    name: 'closes a module to whoever may enter many',
    file: 'kisum/grant/grant.rego',
    from: 'enters(module) if module in input.access.modules',
    to: 'enters(module) if {\n\tmodule in input.access.modules\n\tcount(input.access.modules) < 2\n}',
    only: ['routes'],
    breaks: ['adding an add-on or a grant never takes access away'],
  },
  {
    name: 'explains a decision nobody made',
    file: EXPLAIN,
    from: '"allow": decision.decision.allow',
    to: '"allow": false',
    only: ['routes'],
    breaks: ["the explanation is the decision's"],
  },
  {
    name: 'has nothing to say where it explains a refusal',
    file: EXPLAIN,
    from: '"remedies": _remedies}',
    to: '"remedies": _remedies} if decision.decision.allow',
    only: ['routes'],
    breaks: ['every question gets an answer, whole and well formed'],
  },
  {
    name: 'tells the last reason first',
    file: EXPLAIN,
    from: 'reasons.told(_standings)',
    to: 'array.reverse(reasons.told(_standings))',
    only: ['routes'],
    breaks: ['every fact against the request is told, and no other, in order'],
  },
  {
    name: 'knows another list of reasons',
    file: 'kisum/reasons/reasons.rego',
    from: '\t"route_unknown",\n',
    to: '\t"route_unknown",\n\t"bad_luck",\n',
    only: ['specials'],
    breaks: ["the closed list of reasons is the contract's"],
  },
  {
    name: 'counts what was never bought as effective',
    file: EFFECTIVE,
    from: '\tentitlement.standing(module) == "entitled"\n',
    to: '',
    only: ['routes'],
    breaks: ['effective access is what is entitled and granted'],
  },
  {
    name: 'lets every role hand on, and everybody keep their role',
    file: EFFECTIVE,
    from: 'default _can(_) := false',
    to: 'default _can(_) := true',
    only: ['roles'],
    breaks: [
      'a role hands on what its bearer has, if it may grant, and nothing else',
      "only an active member's role counts",
    ],
  },
  {
    name: 'lists in any order',
    file: EFFECTIVE,
    from: '_sorted_modules := sort(_modules)',
    to: '_sorted_modules := array.reverse(sort(_modules))',
    only: ['roles'],
    breaks: ['lists are sorted, name nothing twice and nothing unknown'],
  },
  {
    name: 'tells a layer as it is not, and rows it did not read',
    file: LAYERS,
    from: /"holds": grant\.module[^]*?"facts": \{/,
    to: '"holds": true,\n\t"standing": _module_grant_standing,\n\t"facts": {"secret": 1, ',
    only: ['routes'],
    breaks: [
      'every layer says how it stands, and no other',
      'a layer shows the facts it read, and nothing else',
    ],
  },
  {
    name: 'leaves decisions out of the log and erases who asked',
    file: LOG,
    from: /"public": false([^]*?)"\/subject\/user_id": false/,
    to: '"public": true$1"/subject/user_id": true',
    only: ['specials'],
    breaks: [
      'no decision is left out of the log but what was agreed',
      'nothing of a logged decision is erased but what was agreed',
    ],
  },
  {
    name: 'advises grants nobody needs',
    file: REMEDY,
    from: '_granting(module) := [] if grant.enters(module)',
    to: '_granting(module) := [] if module == ""',
    only: ['routes'],
    breaks: ['no remedy can be left out'],
  },
  {
    name: 'advises half of what is needed',
    file: REMEDY,
    from: 'permitting(permission) := [] if grant.may(permission)',
    to: 'permitting(permission) := [] if is_string(permission)',
    only: ['routes'],
    breaks: ['remedies together allow what was refused, whichever package is taken'],
  },
  {
    name: 'advises nobody',
    file: REMEDY,
    from: '\tinput.authenticated == true\n\t_doable',
    to: '\tinput.authenticated == null\n\t_doable',
    only: ['routes'],
    breaks: ["a refusal tells remedies exactly where some change of the tenant's would help"],
  },
  {
    name: 'sends everybody to the admin, with a permission of its own',
    file: REMEDY,
    from: /"permission": permission([^]*)"tenant admin"/,
    to: '"permission": "all.things.view"$1"company owner"',
    only: ['routes'],
    breaks: [
      "letting in and granting is for the tenant's admin, buying for the company's owner",
      'every remedy is a change of this company, this module and this permission',
    ],
  },
  {
    name: 'grants before anything is bought',
    file: REMEDY,
    from: '[_joining, entering(subject.module), _permitting]',
    to: '[_permitting, _joining, entering(subject.module)]',
    only: ['routes'],
    breaks: ['remedies come in the order they are made'],
  },
  {
    name: 'sells anew what could be renewed',
    file: PURCHASE,
    from: '"renew_subscription": 2',
    to: '"renew_subscription": 5',
    only: ['routes'],
    breaks: ['of all purchases that would do, the fewest and least disruptive are told'],
  },
  {
    name: 'names one package where others do as well',
    file: PURCHASE,
    from: '"packages": sort(packages)',
    to: '"packages": array.slice(sort(packages), 0, 1)',
    only: ['routes'],
    breaks: ['every package that does as well as the one named is named'],
  },
  {
    name: 'tells remedies to strangers',
    file: EXPLAIN,
    from: 'if remedy.visible',
    to: 'if is_boolean(remedy.visible)',
    only: ['memberships'],
    breaks: ['a member is told the remedies, a module and whoever is no active member none'],
  },
  {
    name: 'does not hear that Auth has judged',
    file: ENTITLEMENT,
    from: 'input.access.resolved == true',
    to: 'input.access.resolved == false',
    only: ['resolved'],
    breaks: ['what the live auth service has judged is decided by what it lists alone'],
  },
  {
    name: 'has no advice for an action',
    file: CAPABILITIES,
    from: '_listed(entry, remedy.permitting(permission))',
    to: '[]',
    only: ['capabilities'],
    breaks: ['a capability is what the explanation of each of its routes says, remedies and all'],
  },
  {
    name: 'leaves out the actions of other modules',
    file: CAPABILITIES,
    from: 'some permission, row in data.catalog.permissions\n',
    to: 'some permission, row in data.catalog.permissions\n\trow.module in input.access.modules\n',
    only: ['capabilities'],
    breaks: ['every module and every action of the catalog is told, and nothing else'],
  },
  {
    name: 'lets suspended members change things',
    file: DELEGATION,
    from: 'verdict := {"allow": false,',
    to: 'verdict := {"allow": membership.present,',
    only: ['changes'],
    breaks: ['whoever is no active member changes nothing'],
  },
  {
    name: 'takes one right for another',
    file: DELEGATION,
    from: 'not _own.canManageUsers',
    to: 'not _own.canBuyAddons',
    only: ['changes'],
    breaks: ['people are managed by those who may manage them'],
  },
  {
    name: 'lets everybody buy',
    file: DELEGATION,
    from: '\tnot _buys_nothing\n',
    to: '\tnot _buys_nothing\n\tnot _own.canManageUsers\n',
    only: ['changes'],
    breaks: ['what the company buys is bought by those who may buy'],
  },
  {
    name: 'grants what its maker lacks',
    file: DELEGATION,
    from: 'module in _own.grantableModules',
    to: 'is_string(module)',
    only: ['changes'],
    breaks: ['nobody hands on what they lack'],
  },
  {
    name: 'looks at the role that is given alone',
    file: DELEGATION,
    from: '"target_above" if not _target_within',
    to: '"target_above" if not _role_within',
    only: ['changes'],
    breaks: ['nobody manages whoever may hand on more'],
  },
  {
    name: 'looks at the role that is there alone',
    file: DELEGATION,
    from: '"role_not_grantable" if not _role_within',
    to: '"role_not_grantable" if not _target_within',
    only: ['changes'],
    breaks: ['nobody gives a role that hands on more than theirs'],
  },
  {
    name: 'hands on units its maker does not see',
    file: DELEGATION,
    from: 'unit in input.units',
    to: 'is_string(unit)',
    only: ['changes'],
    breaks: ['whoever is limited makes nobody wider than they are'],
  },
  {
    name: 'tells the last reason against a change first',
    file: DELEGATION,
    from: 'some reason in reasons.changes',
    to: 'some reason in array.reverse(reasons.changes)',
    only: ['changes'],
    breaks: ['a change is refused for every fact against it, in order, and for no other'],
  },
  {
    name: 'refuses every change',
    file: DELEGATION,
    from: '"allow": _reasons == []',
    to: '"allow": false',
    only: ['changes'],
    breaks: ['a change that nothing speaks against is allowed'],
  },
  {
    name: 'has less for whoever has no limit',
    file: DELEGATION,
    from: '_limit in {"kept", "null"}',
    to: '_limit in {"null"}',
    only: ['changes'],
    breaks: ['more rights never forbid a change'],
  },
];

describe('wrong policies', function () {
  const compiler = withCompiler(this);
  let workshop: Workshop;
  let invariants: Invariants;

  before(async () => {
    invariants = await compileInvariants();
    workshop = await openWorkshop(compiler.opa);
  });
  after(() => workshop?.close());

  for (const { name, file, from, to, only, breaks } of WRONG) {
    it(`are refuted: one that ${name}`, async () => {
      const right = await readFile(projectFile('policies', file), 'utf8');
      const text = right.replace(from, to);
      expect(text).to.not.equal(right);
      const policy = await workshop.compiled(file, text);
      const catalogs = [{ name: 'tiny', declared: tinyCatalog() }];
      const proof = await prove(policy!, { catalogs, invariants, only, size: 'quick', workers: 0 });
      expect(proof.violations.map(({ law }) => law)).to.include.members(breaks);
    });
  }

  it('are found for each of these laws, and there is a law for nothing else', () => {
    const shown = new Set(WRONG.flatMap(({ breaks }) => breaks));
    expect([...shown].sort()).to.deep.equal([...invariants.laws].sort());
  });
});
