/** The policy's closed list of reasons, said to people. */
export const REASONS = {
  no_membership: 'not a member of this company',
  membership_inactive: 'the membership is not active',
  no_active_base: 'the company has no active base subscription',
  multiple_bases: 'the company has more than one base',
  module_unknown: 'not in the catalog',
  base_incompatible: "not sold with the company's base",
  entitlement_expired: 'the period that was bought is over',
  module_not_entitled: 'not bought',
  module_not_granted: 'module not granted',
  permission_missing: 'permission missing',
};

export const reasonOf = (reason) => REASONS[reason] ?? reason.replaceAll('_', ' ');

/** What a remedy asks of whom. */
export function sentenceOf({ type, who, packages = [], addon, module, permission }) {
  const subject = `The ${who}`;
  const sold = packages.join(' or ');
  switch (type) {
    case 'grant_permission':
      return `${subject} grants the permission ${permission}.`;
    case 'grant_module':
      return `${subject} grants the module ${module}.`;
    case 'add_addon':
      return `${subject} buys the add-on ${addon}.`;
    case 'renew_addon':
      return `${subject} renews the add-on ${addon}.`;
    case 'add_subscription':
      return `${subject} subscribes to ${sold}.`;
    case 'renew_subscription':
      return `${subject} renews the subscription ${sold}.`;
    default:
      return `${subject}: ${[type.replaceAll('_', ' '), sold || addon || module || permission].filter(Boolean).join(' ')}.`;
  }
}

/** The line of a terminal that does it; none where there is no single command. */
export function commandOf({ type, packages = [], addon, module, permission }, person, company) {
  const cli = 'npx kisum-cli';
  if (type.startsWith('grant_')) return `${cli} grant ${person} ${company} ${permission ?? module}`;
  if (/^(add|renew)_(addon|subscription)$/.test(type))
    return `${cli} entitle ${company} ${addon ?? packages[0]}`;
  return undefined;
}
