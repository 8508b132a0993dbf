# METADATA
# title: Layers
# description: How every layer stands, and on which facts. For people who ask why; nothing is decided here.
package kisum.layers

import data.kisum.action
import data.kisum.entitlement
import data.kisum.grant
import data.kisum.membership
import data.kisum.route
import data.kisum.subject

# METADATA
# description: "`[{layer, holds, standing, facts}]` in order; `holds` is null where the layer was not asked."
# entrypoint: true
layers := [_entry] if route.access != "module"

else := [_entry, _membership, _base, _entitlement, _module_grant, _action]

_entry := {
	"layer": "entry",
	"holds": route.access != "unknown",
	"standing": route.access,
	"facts": {"route": input.route, "authenticated": input.authenticated},
}

_membership := {
	"layer": "membership",
	"holds": membership.active,
	"standing": membership.standing,
	"facts": {"membership": _membership_row},
}

default _membership_row := null

_membership_row := input.access.membership

_base := {
	"layer": "base",
	"holds": entitlement.base_standing == "one",
	"standing": entitlement.base_standing,
	"facts": _base_facts,
}

_base_facts := {"resolved": true} if entitlement.resolved

else := {"base": entitlement.base, "subscriptions": _subscriptions}

default _subscriptions := []

_subscriptions := input.access.subscriptions

_entitlement := {
	"layer": "entitlement",
	"holds": _entitled,
	"standing": subject.standing,
	"facts": _entitlement_facts,
}

_entitlement_facts := {"module": subject.module, "resolved": true} if entitlement.resolved

else := {
	"module": subject.module,
	"addons": [row | some row in input.access.addons; data.catalog.addons[row.addon].modules[subject.module]],
	"subscriptions": [row |
		some row in input.access.subscriptions
		data.catalog.packages[row.package].modules[subject.module]
	],
}

_entitled := null if subject.standing == "unjudged"

else := subject.standing == "entitled"

_module_grant := {
	"layer": "module_grant",
	"holds": grant.module,
	"standing": _module_grant_standing,
	"facts": {"module": subject.module},
}

_module_grant_standing := "granted" if grant.module

else := "module_not_granted"

_action := {
	"layer": "action",
	"holds": action.standing == "allowed",
	"standing": action.standing,
	"facts": _action_facts,
}

_action_facts := {"permission": object.get(route.entry, "permission", null)} if subject.is_person

else := {"caller": input.caller, "entity": object.get(route.entry, "entity", null)}
