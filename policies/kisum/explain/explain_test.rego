package kisum.explain_test

import data.kisum.explain
import data.kisum_test as fixture

_explanation(facts) := answer if {
	answer := explain.explanation with input as facts with data.catalog as fixture.catalog
}

test_nothing_to_explain if {
	allowed := {"allow": true, "reasons": [], "remedies": []}
	_explanation(fixture.person) == allowed
	_explanation(object.union(fixture.person, {"route": "checkout.shop.get"})) == allowed
}

test_strangers_learn_one_thing if {
	every membership in [null, {"status": "suspended"}] {
		facts := {"membership": membership, "subscriptions": [], "addons": [], "modules": [], "permissions": []}
		count(_explanation(fixture.with_access(facts)).reasons) == 1
	}
	_explanation({}) == {"allow": false, "reasons": ["route_unknown"], "remedies": []}
}

test_every_layer_that_fails_in_order if {
	nothing := {"subscriptions": [], "addons": [], "modules": [], "permissions": []}
	_explanation(fixture.with_access(nothing)).reasons == [
		"no_active_base",
		"module_not_entitled",
		"module_not_granted",
		"permission_missing",
	]
	calling := object.union(fixture.with_caller({"method": "POST"}), {"access": object.union(fixture.access, nothing)})
	_explanation(calling).reasons == [
		"no_active_base",
		"module_not_entitled",
		"module_not_granted",
		"call_not_declared",
	]
}

test_only_the_base_is_missing if {
	_explanation(fixture.with_access({"subscriptions": []})).reasons == ["no_active_base"]
}

test_remedies_only_for_those_who_may_see_them if {
	missing := {"modules": [], "permissions": []}
	count(_explanation(fixture.with_access(missing)).remedies) == 2
	_explanation(fixture.with_access(object.union(missing, {"membership": null}))).remedies == []
}

test_nobody_knows_what_would_help_where_auth_resolved if {
	explanation := _explanation(fixture.with_resolved({"modules": [], "permissions": []}))
	explanation == {"allow": false, "reasons": ["module_not_granted", "permission_missing"], "remedies": []}
}
