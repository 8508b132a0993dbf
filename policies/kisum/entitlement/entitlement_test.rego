package kisum.entitlement_test

import data.kisum.entitlement
import data.kisum_test as fixture

_standing(module, facts) := standing if {
	standing := entitlement.standing(module) with input as fixture.with_access(facts)
		with data.catalog as fixture.catalog
}

test_alive_within_its_period if {
	every status in ["active", "trial", "past_due"] {
		entitlement.active({"status": status, "started": true, "ended": false})
		not entitlement.active({"status": status, "started": false, "ended": false})
		not entitlement.active({"status": status, "started": true, "ended": true})
		not entitlement.active({"status": status})
	}
	every status in ["cancelled", "expired", "paused", null] {
		not entitlement.active({"status": status, "started": true, "ended": false})
	}
}

test_exactly_one_base if {
	entitlement.base == "promoter" with input as fixture.person with data.catalog as fixture.catalog
	entitlement.base_standing == "one" with input as fixture.person with data.catalog as fixture.catalog
}

test_the_same_base_twice_is_one if {
	twice := [fixture.subscription("basic_promoter"), fixture.subscription("basic_promoter")]
	entitlement.base_standing == "one" with input as fixture.with_access({"subscriptions": twice})
		with data.catalog as fixture.catalog
}

test_no_base if {
	lapsed := object.union(fixture.over, {"package": "basic_promoter"})
	unknown := fixture.subscription("basic_circus")
	every subscriptions in [[], [lapsed], [unknown], [fixture.subscription("bundle_ai")]] {
		facts := fixture.with_access({"subscriptions": subscriptions})
		entitlement.base == null with input as facts with data.catalog as fixture.catalog
		entitlement.base_standing == "no_active_base" with input as facts with data.catalog as fixture.catalog
	}
}

test_two_bases if {
	both := [fixture.subscription("basic_promoter"), fixture.subscription("basic_venue")]
	facts := fixture.with_access({"subscriptions": both})
	entitlement.base == null with input as facts with data.catalog as fixture.catalog
	entitlement.base_standing == "multiple_bases" with input as facts with data.catalog as fixture.catalog
}

test_an_ended_base_beside_an_active_one_is_history if {
	history := [object.union(fixture.over, {"package": "basic_venue"}), fixture.subscription("basic_promoter")]
	entitlement.base == "promoter" with input as fixture.with_access({"subscriptions": history})
		with data.catalog as fixture.catalog
}

test_standing_of_a_base if {
	_standing("promoter", {}) == "entitled"
	_standing("venue", {}) == "module_not_entitled"
	_standing("promoter", {"subscriptions": []}) == "unjudged"
}

test_an_addon_never_brings_a_persona if {
	_standing("venue", {"addons": [fixture.addon("rogue")]}) == "module_not_entitled"
	_standing("venue", {"addons": [fixture.addon("rogue")], "subscriptions": []}) == "unjudged"
}

test_standing_of_an_addon if {
	_standing("finance", {}) == "entitled"
	_standing("ai", {}) == "module_not_entitled"
	_standing("finance", {"addons": []}) == "module_not_entitled"
	_standing("finance", {"subscriptions": []}) == "unjudged"
	_standing("circus", {}) == "module_unknown"
	_standing(null, {}) == "module_unknown"
}

test_an_addon_is_sold_with_some_bases if {
	market := {"addons": [fixture.addon("venue_marketplace")]}
	_standing("venue_marketplace", market) == "base_incompatible"
	venue := {"subscriptions": [fixture.subscription("basic_venue")]}
	_standing("venue_marketplace", object.union(market, venue)) == "entitled"

	# Without a base there is nothing to be incompatible with.
	_standing("venue_marketplace", object.union(market, {"subscriptions": []})) == "unjudged"
}

test_a_package_may_bundle_an_addon_module if {
	bundle := [fixture.subscription("basic_promoter"), fixture.subscription("bundle_ai")]
	_standing("ai", {"subscriptions": bundle}) == "entitled"
	_standing("ai", {"subscriptions": [fixture.subscription("bundle_ai")]}) == "unjudged"
}

test_its_own_period_is_over if {
	every over in [
		{"status": "active", "started": true, "ended": true},
		{"status": "cancelled", "started": true, "ended": true},
		{"status": "expired", "started": true, "ended": false},
	] {
		_standing("finance", {"addons": [object.union(over, {"addon": "finance"})]}) == "entitlement_expired"
	}
	subscriptions := [
		fixture.subscription("basic_promoter"),
		object.union(fixture.over, {"package": "bundle_ai"}),
	]
	_standing("ai", {"subscriptions": subscriptions}) == "entitlement_expired"
}

test_not_begun_or_cancelled_is_not_expired if {
	every waiting in [
		{"status": "active", "started": false, "ended": false},
		{"status": "cancelled", "started": true, "ended": false},
	] {
		_standing("finance", {"addons": [object.union(waiting, {"addon": "finance"})]}) == "module_not_entitled"
	}
}

test_an_active_row_beside_an_ended_one_counts if {
	rows := [object.union(fixture.over, {"addon": "finance"}), fixture.addon("finance")]
	_standing("finance", {"addons": rows}) == "entitled"
}

test_what_auth_resolved_is_entitled_where_the_catalog_knows_it if {
	every module in ["finance", "ai", "promoter", "venue"] {
		entitlement.standing(module) == "entitled" with input as {"access": fixture.resolved}
			with data.catalog as fixture.catalog
	}
	entitlement.standing("circus") == "module_unknown" with input as {"access": fixture.resolved}
		with data.catalog as fixture.catalog
	entitlement.base_standing == "one" with input as {"access": fixture.resolved} with data.catalog as fixture.catalog
}

test_only_true_says_that_it_is_resolved if {
	every flag in [false, null, "true", 1, [true], {}] {
		facts := {"access": object.union(fixture.resolved, {"resolved": flag})}
		not entitlement.resolved with input as facts
		entitlement.base_standing == "no_active_base" with input as facts with data.catalog as fixture.catalog
	}
}
