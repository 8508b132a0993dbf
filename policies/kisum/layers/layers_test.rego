package kisum.layers_test

import data.kisum.layers
import data.kisum_test as fixture

_layers(question) := answer if {
	answer := layers.layers with input as question with data.catalog as fixture.catalog
}

_standings(question) := [[layer.holds, layer.standing] | some layer in _layers(question)]

test_every_layer_lets_through if {
	_standings(fixture.person) == [
		[true, "module"],
		[true, "active"],
		[true, "one"],
		[true, "entitled"],
		[true, "granted"],
		[true, "allowed"],
	]
}

test_every_layer_says_what_it_read if {
	facts := {layer.layer: layer.facts | some layer in _layers(fixture.person)}
	facts.entry == {"route": "finance.expense.list", "authenticated": true}
	facts.membership == {"membership": {"status": "active"}}
	facts.base == {"base": "promoter", "subscriptions": [fixture.subscription("basic_promoter")]}
	facts.entitlement == {"module": "finance", "addons": [fixture.addon("finance")], "subscriptions": []}
	facts.module_grant == {"module": "finance"}
	facts.action == {"permission": "finance.expense.view"}
}

test_nothing_holds if {
	nothing := {"membership": null, "subscriptions": [], "addons": [], "modules": [], "permissions": []}
	_standings(fixture.with_access(nothing)) == [
		[true, "module"],
		[false, "no_membership"],
		[false, "no_active_base"],
		[false, "module_not_entitled"],
		[false, "module_not_granted"],
		[false, "permission_missing"],
	]
	_standings(fixture.with_access({"membership": {"status": "invited"}}))[1] == [false, "membership_inactive"]
}

test_what_cannot_be_judged_without_a_base if {
	_standings(fixture.with_access({"subscriptions": []}))[3] == [null, "unjudged"]
}

test_one_layer_where_no_other_is_asked if {
	_standings({}) == []
	_standings({"route": "nowhere", "authenticated": true}) == [[false, "unknown"]]
	_standings(object.union(fixture.person, {"route": "checkout.shop.get"})) == [[true, "public"]]
}

test_without_any_facts if {
	question := {"route": "finance.expense.list", "authenticated": true, "caller": null, "access": null}
	count(_layers(question)) == 6
}

test_a_calling_module if {
	_layers(fixture.module_call)[5] == {
		"layer": "action",
		"holds": true,
		"standing": "allowed",
		"facts": {"caller": fixture.module_call.caller, "entity": "promoter.event"},
	}
}

test_what_auth_resolved_is_said_to_be if {
	by_name := {layer.layer: layer | some layer in _layers(fixture.with_resolved({}))}
	by_name.base == {"layer": "base", "holds": true, "standing": "one", "facts": {"resolved": true}}
	by_name.entitlement == {
		"layer": "entitlement",
		"holds": true,
		"standing": "entitled",
		"facts": {"module": "finance", "resolved": true},
	}
}
