# What is proved of changes that somebody wants to make in their company. A cell tells what is handed on as `had` or `lacked`
# by whoever makes it, roles by what they may hand on, and the limits of both as lists of units.
package proof

law["whoever is no active member changes nothing"] := refused if {
	changing
	input.member != "active"
}

law["people are managed by those who may manage them"] := refused if {
	changing
	managing
	not input.maker.canManageUsers
}

law["what the company buys is bought by those who may buy"] := refused if {
	changing
	buying
	not input.maker.canBuyAddons
}

law["nobody hands on what they lack"] := refused if {
	changing
	granting
	"lacked" in array.concat(input.modules, input.permissions)
}

law["nobody manages whoever may hand on more"] := refused if {
	changing
	managing
	more(input.target.role)
}

law["nobody gives a role that hands on more than theirs"] := refused if {
	changing
	more(input.role)
}

law["whoever is limited makes nobody wider than they are"] := refused if {
	changing
	widening
}

law["a change is refused for every fact against it, in order, and for no other"] := input.answer.reasons == objections if {
	changing
}

law["a change that nothing speaks against is allowed"] := input.answer.allow == (objections == []) if changing

law["more rights never forbid a change"] := count(input.lost) == 0 if {
	changing
	input.answer.allow
}

default changing := false

changing if {
	input.kind == "change"
	input.answer.whole
}

default refused := false

refused if input.answer.allow == false

default managing := false

managing if input.type in {"grant", "revoke", "add_member", "change_member", "remove_member"}

default buying := false

buying if input.type in {"entitle", "unentitle"}

buying if input.buys

# What is taken away need not be one's own.
default granting := false

granting if input.type != "revoke"

flags := ["canManageUsers", "canBuyAddons", "canGrant"]

default member_already := false

member_already if input.target.member in {"active", "invited", "suspended"}

# Whether a role hands on what the maker's does not.
default more(_) := false

more(role) if {
	some flag in flags
	role[flag]
	not input.maker[flag]
}

default widening := false

widening if {
	is_array(input.own)
	_unlimited
}

widening if {
	is_array(input.own)
	some unit in input.units
	not unit in input.own
}

_unlimited if is_null(input.units)

_unlimited if {
	input.units == "kept"
	input.type == "add_member"
}

change_order := [
	"no_membership",
	"membership_inactive",
	"may_not_manage_users",
	"may_not_buy",
	"target_not_a_member",
	"target_above",
	"role_not_grantable",
	"module_not_grantable",
	"permission_not_grantable",
	"units_not_grantable",
]

objections := ["no_membership"] if input.member == "none"

else := ["membership_inactive"] if input.member != "active"

else := [reason | some reason in change_order; reason in speaking]

speaking contains "may_not_manage_users" if {
	managing
	not input.maker.canManageUsers
}

speaking contains "may_not_buy" if {
	buying
	not input.maker.canBuyAddons
}

speaking contains "target_not_a_member" if {
	input.type in {"grant", "revoke", "change_member", "remove_member"}
	not member_already
}

speaking contains "target_above" if {
	managing
	is_null(input.target)
}

speaking contains "target_above" if {
	managing
	more(input.target.role)
}

speaking contains "role_not_grantable" if more(input.role)

speaking contains "module_not_grantable" if {
	granting
	"lacked" in input.modules
}

speaking contains "permission_not_grantable" if {
	granting
	"lacked" in input.permissions
}

speaking contains "units_not_grantable" if widening
