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
