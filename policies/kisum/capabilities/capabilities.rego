# METADATA
# title: Capabilities
# description: >-
#   Every module and every action of the catalog for one member: what `kisum.explain` would say of their routes. What
#   concerns a module is worked out once for all its actions.
# scope: package
# schemas:
#   - input: schema.capabilities
#   - data.catalog: schema.catalog
package kisum.capabilities

import data.kisum.action
import data.kisum.explain
import data.kisum.membership
import data.kisum.reasons
import data.kisum.remedy

# METADATA
# description: "`{modules, actions}`, by key `{allow, reasons, remedies}`; an action goes by the key of its permission."
# entrypoint: true
capabilities := {"modules": _modules, "actions": _actions}

_modules[module] := _outside if {
	membership.standing != "active"
	some module, _ in data.catalog.modules
}

_modules[module] := _entering(_entries[module]) if {
	membership.standing == "active"
	some module, _ in data.catalog.modules
}

_actions[permission] := _outside if {
	membership.standing != "active"
	some permission, _ in data.catalog.permissions
}

_actions[permission] := _doing(permission, _entries[row.module]) if {
	membership.standing == "active"
	some permission, row in data.catalog.permissions
}

_outside := {"allow": false, "reasons": [membership.standing], "remedies": []}

_entering(entry) := {"allow": entry.open, "reasons": entry.reasons.allowed, "remedies": _listed(entry, [])}

_doing(permission, entry) := {"allow": true, "reasons": [], "remedies": []} if {
	entry.open
	action.person(permission) == "allowed"
} else := {
	"allow": false,
	"reasons": entry.reasons[action.person(permission)],
	"remedies": _listed(entry, remedy.permitting(permission)),
}

# Where nothing lets the member into the module, a permission alone is no remedy.
_listed(entry, permitting) := [] if entry.remedies == null

else := array.concat(entry.remedies, permitting)

# What of a module concerns all its actions; also of one that only a permission names.
_entries[module] := {"open": open, "reasons": told, "remedies": _remedies(module)} if {
	some module in _named
	standings := explain.standings(module)
	open := standings == {"one", "entitled"}
	told := {
		"allowed": reasons.told(standings),
		"permission_missing": reasons.told(standings | {"permission_missing"}),
	}
}

_named contains module if some module, _ in data.catalog.modules

_named contains row.module if some row in data.catalog.permissions

default _remedies(_) := null

_remedies(module) := remedy.entering(module)
