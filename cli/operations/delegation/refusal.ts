import type { ChangeReason } from '../../../policies/contract.ts';
import type { ChangeRefused } from '../../../platform/auth/delegation.ts';
import { CliError, EXIT } from '../../errors.ts';
import { oneCompany, oneUser } from '../names.ts';
import type { Platform } from '../platform.ts';
import { quoted } from '../quoted.ts';

/** The names a sentence is made with. */
interface Names {
  maker: string;
  company: string;
  target: string;
  /** Keys that are refused. */
  keys: string;
}

/** What is in the way, and what to do. */
const SENTENCES: Record<ChangeReason, (names: Names) => string> = {
  no_membership: ({ maker, company }) =>
    `${maker} is not a member of ${company}: let one of its members make this change`,
  membership_inactive: ({ maker, company }) =>
    `the membership of ${maker} is not active: kisum-cli user add ${quoted(maker)} ${quoted(company)} --status active`,
  may_not_manage_users: ({ maker }) =>
    `the role of ${maker} does not manage users: ask an owner or an admin of the company`,
  may_not_buy: ({ maker }) =>
    `the role of ${maker} neither buys nor cancels: ask an owner or an admin of the company`,
  target_not_a_member: ({ target, company }) =>
    `${target} is not a member: kisum-cli user add ${quoted(target)} ${quoted(company)}`,
  target_above: ({ maker, target }) =>
    `${target} may hand on more than ${maker}: ask somebody whose role does as much`,
  role_not_grantable: ({ maker }) =>
    `the role may hand on more than that of ${maker}: give a lesser one, or ask somebody whose role does as much`,
  module_not_grantable: ({ maker, keys }) =>
    `${maker} cannot hand on what they do not have themselves: ask somebody who has it, or leave it away: ${keys}`,
  permission_not_grantable: ({ maker, keys }) =>
    `${maker} cannot hand on what they may not do themselves: ask somebody who may, or leave it away: ${keys}`,
  units_not_grantable: ({ maker }) =>
    `the limit reaches further than that of ${maker}: name business units of theirs alone`,
};

/** A refusal in words: exit 6. */
export async function refusal(db: Platform['db'], refused: ChangeRefused): Promise<CliError> {
  const { attempt, reasons, keys } = refused;
  const { name: maker } = await oneUser(db, attempt.makerId);
  const { name: company } = await oneCompany(db, attempt.companyId);
  const target = attempt.targetId === null ? company : (await oneUser(db, attempt.targetId)).name;
  const said = reasons.map((reason) => {
    const named = keys.filter((key) => key.includes('.') === (reason === 'permission_not_grantable'));
    return `  ${SENTENCES[reason]({ maker, company, target, keys: named.join(', ') })} (${reason})`;
  });
  const message = [`${maker} may not make this change in ${company}, and nothing was changed:`, ...said];
  return new CliError(EXIT.refused, message.join('\n'), refused, reasons);
}
