# METADATA
# title: Reasons
# description: The closed list of refusals, the same as in `contract.ts`.
package kisum.reasons

# METADATA
# description: Every reason in order of precedence.
# entrypoint: true
order := [
	"route_unknown",
	"no_membership",
	"membership_inactive",
	"no_active_base",
	"multiple_bases",
	"module_unknown",
	"base_incompatible",
	"entitlement_expired",
	"module_not_entitled",
	"module_not_granted",
	"permission_missing",
	"call_not_declared",
]

# METADATA
# description: >-
#   Those of the standings that are reasons, in order. Words that are none (`one`, `entitled`, `unjudged`, `allowed`)
#   are not in the closed list and drop out.
told(standings) := [reason | some reason in order; standings[reason]]

# METADATA
# description: >-
#   Every reason against a change that an active member wants to make in their company, in order of precedence. Whoever
#   is none is told that alone.
changes := [
	"may_not_manage_users",
	"may_not_buy",
	"target_not_a_member",
	"target_above",
	"role_not_grantable",
	"module_not_grantable",
	"permission_not_grantable",
	"units_not_grantable",
]
