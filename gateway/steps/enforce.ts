import type { Reason } from '../../policies/contract.ts';
import { Refusal } from '../errors.ts';
import type { Exchange, Step } from '../request/exchange.ts';
import { explain } from './decide.ts';

/** What a client is told for each reason. Says what is missing, never how policy works or what others have. */
const MESSAGES: Record<Reason, (module: string, permission: string) => string> = {
  route_unknown: () => 'no such route',
  no_membership: () => 'no membership in this company',
  membership_inactive: () => 'the membership in this company is not active',
  no_active_base: () => 'the company has no active base subscription',
  multiple_bases: () => 'the company has more than one base subscription',
  module_unknown: (module) => `module is not in the catalog: ${module}`,
  base_incompatible: (module) => `module is not sold with the company's base: ${module}`,
  entitlement_expired: (module) => `the company's period for the module is over: ${module}`,
  module_not_entitled: (module) => `module is not entitled: ${module}`,
  module_not_granted: (module) => `missing module grant: ${module}`,
  permission_missing: (_, permission) => `missing permission: ${permission}`,
  call_not_declared: () => 'this call between modules is not declared',
};

/** From decision to answer. The last line denies. */
export const enforce: Step = (exchange) => {
  const { decision } = exchange;
  if (decision?.allow === true) return;
  if (decision?.reason === 'route_unknown') throw new Refusal('not_found', 'no such route');
  const { allow, reasons, remedies } = explain(exchange);
  const [first] = reasons;
  if (allow || !first) throw new Refusal('service_unavailable', 'access cannot be determined');
  throw new Refusal('forbidden', describe(exchange, first), { reasons, remedies });
};

/** What a client is told of this reason. */
export const messageOf = (reason: Reason, module = '', permission = ''): string =>
  MESSAGES[reason](module, permission);

function describe({ subject, match }: Exchange, reason: Reason): string {
  const module = subject?.kind === 'module' ? subject.key : match?.route.module;
  return messageOf(reason, module, match?.route.permission);
}
