package kisum.remedy_test

import data.kisum.remedy
import data.kisum_test as fixture

_remedies(question) := answer if {
	answer := remedy.remedies with input as question with data.catalog as fixture.catalog
}

_types(question) := [change.type | some change in _remedies(question)]

_of(facts) := _remedies(fixture.with_access(facts))

_on(route, facts) := _remedies(object.union(fixture.with_access(facts), {"route": route}))

_venue := [fixture.subscription("basic_venue")]

test_whoever_is_allowed_needs_nothing if _remedies(fixture.person) == []

test_a_missing_grant if {
	_of({"permissions": []}) == [{
		"type": "grant_permission",
		"permission": "finance.expense.view",
		"who": "tenant admin",
	}]
	_of({"modules": []}) == [{"type": "grant_module", "module": "finance", "who": "tenant admin"}]
}

test_everything_missing_in_the_order_it_is_made if {
	nothing := {"membership": null, "subscriptions": [], "addons": [], "modules": [], "permissions": []}
	_types(fixture.with_access(nothing)) == [
		"add_member",
		"add_subscription",
		"add_addon",
		"grant_module",
		"grant_permission",
	]
}

test_a_membership_that_does_not_stand if {
	_of({"membership": {"status": "suspended"}}) == [{"type": "activate_membership", "who": "tenant admin"}]
}

test_an_addon_is_bought_or_renewed if {
	_of({"addons": []}) == [{
		"type": "add_addon",
		"addon": "finance",
		"module": "finance",
		"who": "company owner",
	}]
	lapsed := object.union(fixture.over, {"addon": "finance"})
	_of({"addons": [lapsed]})[0].type == "renew_addon"
	soon := {"addon": "finance", "status": "active", "started": false, "ended": false}
	_of({"addons": [soon]})[0].type == "add_addon"
}

test_any_base_will_do_for_an_addon if {
	_of({"subscriptions": []}) == [{
		"type": "add_subscription",
		"packages": ["basic_promoter", "basic_venue"],
		"who": "company owner",
	}]
}

test_a_lapsed_base_is_renewed if {
	lapsed := object.union(fixture.over, {"package": "basic_venue"})
	_of({"subscriptions": [lapsed]}) == [{
		"type": "renew_subscription",
		"packages": ["basic_venue"],
		"who": "company owner",
	}]
}

test_one_of_several_bases_stays if {
	both := [fixture.subscription("basic_promoter"), fixture.subscription("basic_venue")]
	_of({"subscriptions": both}) == [{
		"type": "end_subscription",
		"packages": ["basic_venue"],
		"who": "company owner",
	}]
	_on("promoter.event.list", {"subscriptions": both})[0].packages == ["basic_venue"]
}

test_another_persona_is_another_base if {
	_on("promoter.event.list", {"subscriptions": _venue}) == [{
		"type": "change_base",
		"packages": ["basic_promoter"],
		"who": "company owner",
	}]
}

test_an_addon_sold_with_another_base_only if {
	catalog := object.union(fixture.catalog, {"routes": {"market": {
		"access": "module",
		"method": "GET",
		"module": "venue_marketplace",
		"permission": "venue_marketplace.offer.view",
	}}})
	question := object.union(fixture.with_access({"addons": [fixture.addon("venue_marketplace")]}), {"route": "market"})
	answer := remedy.remedies with input as question with data.catalog as catalog
	answer[0] == {"type": "change_base", "packages": ["basic_venue"], "who": "company owner"}
}

test_a_package_may_sell_an_addon if {
	answer := _on("ai.score.list", {"modules": ["ai"], "permissions": ["ai.score.view"]})
	answer == [{"type": "add_subscription", "packages": ["bundle_ai"], "who": "company owner"}]
	lapsed := object.union(fixture.over, {"package": "bundle_ai"})
	subscriptions := [fixture.subscription("basic_promoter"), lapsed]
	_on("ai.score.list", {"subscriptions": subscriptions})[0].type == "renew_subscription"
}

test_what_nobody_in_the_company_can_change if {
	_remedies({}) == []
	_remedies(object.union(fixture.person, {"route": "nowhere"})) == []
	_remedies(object.union(fixture.person, {"route": "odd.module.get"})) == []
	_remedies(object.union(fixture.with_access({"modules": []}), {"authenticated": false})) == []
	_remedies(fixture.with_caller({"method": "POST"})) == []
	unknown := object.union(fixture.catalog, {"modules": {"finance": {"type": "neither"}}})
	answer := remedy.remedies with input as fixture.with_access({"modules": []}) with data.catalog as unknown
	answer == []
}

test_a_module_that_calls_needs_what_it_needs_itself if {
	facts := object.union(fixture.access, {"addons": [], "permissions": []})
	calling := object.union(fixture.module_call, {"access": facts})
	_types(calling) == ["add_addon"]
}

test_only_members_are_told if {
	remedy.visible with input as fixture.with_access({"permissions": []})
	not remedy.visible with input as fixture.with_access({"membership": {"status": "invited"}})
	not remedy.visible with input as fixture.with_access({"membership": null})
	not remedy.visible with input as fixture.module_call
}

test_where_auth_resolved_nobody_knows_what_would_help if {
	_remedies(fixture.with_resolved({"modules": []})) == []
	_remedies(fixture.with_resolved({"permissions": []})) == []
	_remedies(fixture.with_resolved({"membership": null})) == []
}
