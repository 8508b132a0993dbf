# METADATA
# title: Delegation
# description: >-
#   Who may give what to whom. It stands on what whoever makes the change can do themselves: nobody hands on what they
#   lack, and nobody changes somebody who may hand on more.
# scope: package
# schemas:
#   - input: schema.delegation
#   - data.catalog: schema.catalog
package kisum.delegation

import data.kisum.effective
import data.kisum.membership
import data.kisum.reasons

# METADATA
# description: >-
#   `{allow, reasons}`, reasons in order of precedence. Of a change that is not of the contract's shape nothing is said,
#   and nothing said is a failure of the engine, never an allowance.
# entrypoint: true
verdict := {"allow": false, "reasons": [membership.standing]} if membership.standing != "active"

else := {"allow": _reasons == [], "reasons": _reasons} if _whole

_reasons := [reason | some reason in reasons.changes; _against[reason]]

_purchases := {"entitle": true, "unentitle": true}

# Whether it needs somebody who is a member already.
_of_people := {"grant": true, "revoke": true, "add_member": false, "change_member": true, "remove_member": true}

_types := object.union(_purchases, _of_people)

_whole if {
	is_boolean(_types[input.change.type])
	every list in [input.change.modules, input.change.permissions, input.change.packages, input.change.addons] {
		_is_keys(list)
	}
}

_is_keys(list) if {
	is_array(list)
	every key in list {
		is_string(key)
	}
}

_own := effective.effective.delegation

# Each of these holds unless the opposite is proven.
_against contains "may_not_manage_users" if {
	is_boolean(_of_people[input.change.type])
	not _own.canManageUsers
}

_against contains "may_not_buy" if {
	not _buys_nothing
	not _own.canBuyAddons
}

_against contains "target_not_a_member" if {
	_of_people[input.change.type]
	not _is_member
}

_against contains "target_above" if not _target_within

_against contains "role_not_grantable" if not _role_within

_against contains "module_not_grantable" if {
	input.change.type != "revoke"
	not _modules_within
}

_against contains "permission_not_grantable" if {
	input.change.type != "revoke"
	not _permissions_within
}

_against contains "units_not_grantable" if not _units_within

_buys_nothing if {
	not _purchases[input.change.type]
	input.change.packages == []
	input.change.addons == []
}

_is_member if input.target.membership.status in {"active", "invited", "suspended"}

# What a role may hand on; of nobody's role nothing. Of what is no role nothing can be said.
_powers(role) := set() if is_null(role)

else := {power |
	some power in ["canManageUsers", "canBuyAddons", "canGrant"]
	role[power]
} if {
	is_boolean(role.canManageUsers)
	is_boolean(role.canBuyAddons)
	is_boolean(role.canGrant)
}

# What the company buys is done to nobody.
_target_within if _purchases[input.change.type]

_target_within if _powers(input.target.role) - _powers(input.role) == set()

_role_within if _powers(input.change.role) - _powers(input.role) == set()

_modules_within if {
	every module in input.change.modules {
		module in _own.grantableModules
	}
}

_permissions_within if {
	every permission in input.change.permissions {
		permission in _own.grantablePermissions
	}
}

# A limit that is not spoken of stays as it is, and a new member's is none.
default _limit := "kept"

_limit := type_name(input.change.units)

_units_within if {
	is_null(input.units)
	_limit in {"kept", "null"}
}

_units_within if {
	is_null(input.units)
	_is_keys(input.change.units)
}

_units_within if {
	_is_keys(input.units)
	_limit == "kept"
	input.change.type != "add_member"
}

_units_within if {
	_is_keys(input.units)
	_is_keys(input.change.units)
	every unit in input.change.units {
		unit in input.units
	}
}
