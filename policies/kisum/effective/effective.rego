# METADATA
# title: Effective access
# description: What one member can do in one company now, and what they may hand on.
# scope: package
# schemas:
#   - input: schema.effective
#   - data.catalog: schema.catalog
package kisum.effective

import data.kisum.entitlement
import data.kisum.membership

# METADATA
# description: Entitlements ∩ grants, sorted; empty without an active membership and exactly one active base.
# entrypoint: true
effective := {
	"modules": _sorted_modules,
	"permissions": _sorted_permissions,
	"delegation": {
		"canManageUsers": _can("canManageUsers"),
		"canBuyAddons": _can("canBuyAddons"),
		"grantableModules": [module | some module in _sorted_modules; _can("canGrant")],
		"grantablePermissions": [permission | some permission in _sorted_permissions; _can("canGrant")],
	},
}

# `entitled` holds only with exactly one active base.
_modules contains module if {
	membership.active
	some module in input.access.modules
	entitlement.standing(module) == "entitled"
}

_permissions contains permission if {
	some permission in input.access.permissions
	_modules[data.catalog.permissions[permission].module]
}

_sorted_modules := sort(_modules)

_sorted_permissions := sort(_permissions)

default _can(_) := false

# Nobody grants what they lack: a role says whether, the effective access says what.
_can(flag) if {
	membership.active
	input.role[flag] == true
}
