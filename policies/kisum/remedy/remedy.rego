# METADATA
# title: Remedy
# description: >-
#   What the tenant could change so that this request is allowed. Whether a purchase would help is not worked out here:
#   it is asked of the policy's own rules, with the purchase put into the facts.
package kisum.remedy

import data.kisum.call
import data.kisum.entitlement
import data.kisum.grant
import data.kisum.membership
import data.kisum.route
import data.kisum.subject
import data.kisum.taxonomy

# METADATA
# description: >-
#   The changes that are needed and together enough, in the order they are made. Empty when nothing is missing, and when
#   no change of the tenant's would help.
# scope: document
# entrypoint: true
default remedies := []

remedies := array.flatten([_joining, _purchase.parts, _granting]) if {
	route.access == "module"
	input.authenticated == true
	_doable
}

# METADATA
# scope: document
# description: Who is told. A member may know what their own company lacks; a module and a stranger are told nothing.
default visible := false

visible if {
	membership.active
	subject.is_person
}

# What only a developer can change is nobody's remedy: a route without a permission, an undeclared read.
_doable if {
	subject.is_person
	is_string(route.entry.permission)
}

_doable if call.declared

_owner(change) := object.union(change, {"who": "company owner"})

_admin(change) := object.union(change, {"who": "tenant admin"})

_joining := [] if membership.active

else := [_admin({"type": "activate_membership"})] if membership.present

else := [_admin({"type": "add_member"})]

_granting := array.concat(_grant_module, _grant_permission)

_grant_module := [] if grant.module

else := [_admin({"type": "grant_module", "module": subject.module})]

_grant_permission := [] if not subject.is_person

else := [] if grant.permission

else := [_admin({"type": "grant_permission", "permission": route.entry.permission})]

# The fewest parts first, then the least disruptive. Where several packages do equally well, all are named.
_purchase := {"parts": []} if subject.standing == "entitled"

else := {"parts": array.concat(_merged(best), best.extra.parts)} if {
	ranked := sort([plan.rank | some plan in _plans])
	some best in _plans
	best.rank == ranked[0]
}

_merged(best) := best.base.parts if not _mergeable[best.base.kind]

else := [_owner({"type": best.base.kind, "packages": sort(packages)})] if {
	packages := {plan.base.package |
		some plan in _plans
		plan.base.kind == best.base.kind
		plan.extra == best.extra
	}
}

_mergeable := {"renew_subscription": true, "add_subscription": true, "change_base": true}

_disruption := {
	"keep": 0,
	"end_subscription": 1,
	"renew_addon": 1,
	"renew_subscription": 2,
	"add_addon": 2,
	"add_subscription": 3,
	"change_base": 4,
}

_plans := [plan |
	some base in _base_options
	some extra in _extra_options
	subject.standing == "entitled" with input.access.subscriptions as array.concat(base.subscriptions, extra.subscriptions)
		with input.access.addons as array.concat(input.access.addons, extra.addons)
	plan := {
		"base": base,
		"extra": extra,
		"rank": [
			count(base.parts) + count(extra.parts),
			_disruption[base.kind],
			_disruption[extra.kind],
			base.package,
			extra.name,
		],
	}
]

_now := {"status": "active", "started": true, "ended": false}

# The base: as it is, or any package that has exactly one.
_base_options := array.concat([_kept_base], [_base_on(name, persona) | some name, persona in _personas])

_kept_base := {"kind": "keep", "package": "", "parts": [], "subscriptions": input.access.subscriptions}

_personas[name] := persona if {
	some name, bases in _package_bases
	count(bases) == 1
	some persona in bases
}

_package_bases[name] := bases if {
	some name, package_row in data.catalog.packages
	bases := {module | some module, _ in package_row.modules; taxonomy.is_base(module)}
}

_base_on(name, persona) := {
	"kind": _base_kind(name, rivals),
	"package": name,
	"parts": _base_parts(name, rivals),
	"subscriptions": array.concat(staying, [object.union(_now, {"package": name})]),
} if {
	rivals := _rivals(persona)
	staying := [row | some row in input.access.subscriptions; not rivals[row.package]]
}

# The active packages that make the company another persona as well.
_rivals(persona) := {row.package |
	some row in input.access.subscriptions
	entitlement.active(row)
	some other in _package_bases[row.package]
	other != persona
}

_base_kind(name, rivals) := "end_subscription" if {
	_runs(name)
	not rivals[name]
} else := "change_base" if count(rivals) > 0

else := "renew_subscription" if _ran(name)

else := "add_subscription"

_base_parts(name, rivals) := [part |
	some rival in sort(rivals)
	part := _owner({"type": "end_subscription", "packages": [rival]})
] if {
	_base_kind(name, rivals) == "end_subscription"
} else := [_owner({"type": _base_kind(name, rivals), "packages": [name]})]

_runs(name) if {
	some row in input.access.subscriptions
	row.package == name
	entitlement.active(row)
}

_ran(name) if {
	some row in input.access.subscriptions
	row.package == name
	row.started == true
}

# Beside the base: nothing, an add-on that holds the module, or a package without a base that does.
_extra_options := array.flatten([_no_extra, _addon_options, _bundle_options])

_no_extra := {"kind": "keep", "name": "", "parts": [], "subscriptions": [], "addons": []}

_addon_options := [option |
	some name, sold in data.catalog.addons
	sold.modules[subject.module]
	kind := _addon_kind(name)
	option := {
		"kind": kind,
		"name": name,
		"parts": [_owner({"type": kind, "addon": name, "module": subject.module})],
		"subscriptions": [],
		"addons": [object.union(_now, {"addon": name})],
	}
]

_addon_kind(name) := "renew_addon" if {
	some row in input.access.addons
	row.addon == name
	row.started == true
} else := "add_addon"

_bundle_options := [option |
	some name, bases in _package_bases
	count(bases) == 0
	data.catalog.packages[name].modules[subject.module]
	kind := _bundle_kind(name)
	option := {
		"kind": kind,
		"name": name,
		"parts": [_owner({"type": kind, "packages": [name]})],
		"subscriptions": [object.union(_now, {"package": name})],
		"addons": [],
	}
]

_bundle_kind(name) := "renew_subscription" if _ran(name)

else := "add_subscription"
