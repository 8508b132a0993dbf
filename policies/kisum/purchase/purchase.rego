# METADATA
# title: Purchase
# description: >-
#   What the company could buy so that it may use a module. Whether a purchase would help is not worked out here: it is
#   asked of the policy's own rules, with the purchase put into the facts.
package kisum.purchase

import data.kisum.entitlement
import data.kisum.taxonomy

# METADATA
# description: >-
#   The purchases after which the company may use the module: none where it may already, undefined where none would
#   help. The fewest first, then the least disruptive. Where several packages do equally well, all are named.
parts(module) := [] if entitlement.standing(module) == "entitled"

else := array.concat(_merged(best, plans), best.extra.parts) if {
	plans := _plans(module)
	ranked := sort([plan.rank | some plan in plans])
	some best in plans
	best.rank == ranked[0]
}

_merged(best, plans) := best.base.parts if not _mergeable[best.base.kind]

else := [_owner({"type": best.base.kind, "packages": sort(packages)})] if {
	packages := {plan.base.package |
		some plan in plans
		plan.base.kind == best.base.kind
		plan.extra == best.extra
	}
}

_owner(change) := object.union(change, {"who": "company owner"})

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

_plans(module) := [plan |
	some base in _base_options
	some extra in _extra_options(module)
	subscriptions := array.concat(base.subscriptions, extra.subscriptions)
	_helps(module, subscriptions, array.concat(input.access.addons, extra.addons))
	plan := {"base": base, "extra": extra, "rank": _rank(base, extra)}
]

_helps(module, subscriptions, addons) if {
	entitlement.standing(module) == "entitled" with input.access.subscriptions as subscriptions
		with input.access.addons as addons
}

_rank(base, extra) := [
	count(base.parts) + count(extra.parts),
	_disruption[base.kind],
	_disruption[extra.kind],
	base.package,
	extra.name,
]

_now := {"status": "active", "started": true, "ended": false}

_subscribed(name) := object.union(_now, {"package": name})

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
	"subscriptions": array.concat(staying, [_subscribed(name)]),
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
_extra_options(module) := array.flatten([_no_extra, _addon_options(module), _bundle_options(module)])

_no_extra := {"kind": "keep", "name": "", "parts": [], "subscriptions": [], "addons": []}

_addon_options(module) := [option |
	some name, sold in data.catalog.addons
	sold.modules[module]
	kind := _addon_kind(name)
	option := {
		"kind": kind,
		"name": name,
		"parts": [_owner({"type": kind, "addon": name, "module": module})],
		"subscriptions": [],
		"addons": [object.union(_now, {"addon": name})],
	}
]

_addon_kind(name) := "renew_addon" if {
	some row in input.access.addons
	row.addon == name
	row.started == true
} else := "add_addon"

_bundle_options(module) := [option |
	some name, modules in _bundles
	modules[module]
	kind := _bundle_kind(name)
	option := {
		"kind": kind,
		"name": name,
		"parts": [_owner({"type": kind, "packages": [name]})],
		"subscriptions": [_subscribed(name)],
		"addons": [],
	}
]

_bundles[name] := data.catalog.packages[name].modules if {
	some name, bases in _package_bases
	count(bases) == 0
}

_bundle_kind(name) := "renew_subscription" if _ran(name)

else := "add_subscription"
