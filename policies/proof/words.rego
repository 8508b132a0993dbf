# The words of the invariants: what a cell says, in words of its own. Nothing here is taken from the policy that is
# judged. A cell is one question put to the policy, told without keys that do not matter, and its answers.
package proof

# METADATA
# description: "How a bought period stands: `active`, `over`, or `idle` (not begun, or cancelled before its end)."
# entrypoint: true
period := "over" if _over

else := "active" if {
	input.started
	input.status in {"active", "trial", "past_due"}
}

else := "idle"

_over if input.ended

_over if input.status == "expired"

default allowed := false

allowed if input.answer.decision.allow == true

default denied := false

denied if {
	input.answer.decision.allow == false
	is_string(input.answer.decision.reason)
}

known := {"public", "authenticated", "module"}

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

# A request, or a capability: what is said of a module or an action is judged as a request for it.
default asked := false

asked if input.kind in {"request", "capability"}

# The company asks through a member: only then is there anything to judge.
default inside := false

inside if {
	asked
	input.route.access == "module"
	input.token
	input.member == "active"
}

default person := false

person if input.caller == null

# Auth has judged already: what was bought is not known, and what is granted is entitled.
default resolved := false

resolved if input.resolved

default one_base := false

one_base if count(input.bases) == 1

one_base if resolved

# A base is entitled when it is the one the company runs on; an add-on when something sells it on that base.
default entitled := false

entitled if {
	input.subject.type == "base"
	input.bases == [input.subject.module]
}

entitled if {
	input.subject.type == "addon"
	one_base
	some row in input.sold
	row.period == "active"
	fits(row)
}

entitled if {
	resolved
	input.subject.type in {"base", "addon"}
}

fits(row) if row.on == "every base"

fits(row) if input.bases[0] in row.on

default bought := false

bought if {
	some row in input.sold
	row.period == "active"
}

default lapsed := false

lapsed if {
	some row in input.sold
	row.period == "over"
}

default listed := false

listed if {
	input.subject.type in {"base", "addon"}
	input.granted.module
	input.granted.permission
}

# What a module may do in another: read what its owner, a base module, shares, as it declared, in the same company.
default declared := false

declared if {
	input.caller.method in {"GET", "HEAD"}
	input.caller.same_company == true
	input.caller.declares
	input.called.method == "GET"
	input.called.type == "base"
	input.called.shared
	input.called.owned
	not input.called.itself
}

default may := false

may if {
	person
	input.granted.permission
}

may if {
	not person
	declared
}

# Every fact that speaks against the request, as a reason.
facts contains "route_unknown" if not input.route.access in known

facts contains "no_membership" if {
	input.route.access in {"authenticated", "module"}
	not input.token
}

facts contains "call_not_declared" if {
	input.route.access == "authenticated"
	input.token
	not person
}

facts contains "no_membership" if {
	input.route.access == "module"
	input.token
	input.member == "none"
}

facts contains "membership_inactive" if {
	input.route.access == "module"
	input.token
	not input.member in {"none", "active"}
}

facts contains "no_active_base" if {
	inside
	not resolved
	count(input.bases) == 0
}

facts contains "multiple_bases" if {
	inside
	count(input.bases) > 1
}

facts contains "module_unknown" if {
	inside
	input.subject.type == "unknown"
}

facts contains "module_not_entitled" if {
	inside
	input.subject.type == "base"
	one_base
	not entitled
}

facts contains "base_incompatible" if {
	inside
	input.subject.type == "addon"
	one_base
	bought
	not entitled
}

facts contains "entitlement_expired" if {
	inside
	input.subject.type == "addon"
	not bought
	lapsed
}

facts contains "module_not_entitled" if {
	inside
	input.subject.type == "addon"
	not resolved
	not bought
	not lapsed
}

facts contains "module_not_granted" if {
	inside
	not input.granted.module
}

facts contains "permission_missing" if {
	inside
	person
	not may
}

facts contains "call_not_declared" if {
	inside
	not person
	not may
}

expected := [reason | some reason in order; reason in facts]

default usable := false

usable if {
	input.item == "module"
	_enterable
}

usable if {
	input.item == "permission"
	_enterable
	input.granted.permission
}

_enterable if {
	input.member == "active"
	entitled
	input.granted.module
}

default grantable := false

grantable if {
	usable
	input.role.canGrant
}

hands := {"users": _hands("canManageUsers"), "addons": _hands("canBuyAddons")}

default _hands(_) := false

_hands(flag) if {
	input.member == "active"
	input.role[flag] == true
}

# How each layer stands, told by its name, whether it holds, and the policy's word for it.
layers := [["entry", input.route.access in known, _entry]] if input.route.access != "module"

else := [
	["entry", true, "module"],
	["membership", input.member == "active", _membership],
	["base", one_base, _base],
	["entitlement", _entitlement_holds, _entitlement],
	["module_grant", input.granted.module, _grant],
	["action", may, _action],
]

_entry := input.route.access if input.route.access in known

else := "unknown"

_membership := {
	"none": "no_membership",
	"active": "active",
	"invited": "membership_inactive",
	"suspended": "membership_inactive",
}[input.member]

_base := "one" if one_base

else := "no_active_base" if count(input.bases) == 0

else := "multiple_bases"

_entitlement := "entitled" if entitled

else := "module_unknown" if input.subject.type == "unknown"

else := _base_entitlement if input.subject.type == "base"

else := _addon_entitlement

_base_entitlement := "module_not_entitled" if one_base

else := "unjudged"

_addon_entitlement := _bought_entitlement if bought

else := "entitlement_expired" if lapsed

else := "module_not_entitled"

_bought_entitlement := "base_incompatible" if one_base

else := "unjudged"

_entitlement_holds := null if _entitlement == "unjudged"

else := entitled

_grant := "granted" if input.granted.module

else := "module_not_granted"

_action := "allowed" if may

else := "permission_missing" if person

else := "call_not_declared"
