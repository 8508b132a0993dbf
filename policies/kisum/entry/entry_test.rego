package kisum.entry_test

import data.kisum.entry
import data.kisum_test as fixture

_verdict(facts) := verdict if {
	verdict := entry.verdict with input as object.union(fixture.person, facts)
		with data.catalog as fixture.catalog
}

test_public_is_open_to_all if {
	every facts in [{}, {"authenticated": false}, {"caller": fixture.module_call.caller}, {"access": null}] {
		_verdict(object.union({"route": "checkout.shop.get"}, facts)) == "open"
	}
}

test_unknown_routes_stand_alone if {
	every facts in [{}, {"authenticated": false}, {"access": null}] {
		_verdict(object.union({"route": null}, facts)) == "route_unknown"
		_verdict(object.union({"route": "odd.thing.get"}, facts)) == "route_unknown"
	}
}

test_authenticated_needs_a_token_and_a_person if {
	cart := {"route": "checkout.cart.get", "access": null}
	_verdict(cart) == "open"
	_verdict(object.union(cart, {"authenticated": false})) == "no_membership"
	_verdict(object.union(cart, {"authenticated": "yes"})) == "no_membership"
	_verdict(object.union(cart, {"caller": fixture.module_call.caller})) == "call_not_declared"
}

test_modules_need_a_standing_membership if {
	_verdict({}) == "judged"
	_verdict({"authenticated": false}) == "no_membership"
	_verdict({"access": null}) == "no_membership"
	_verdict({"access": object.union(fixture.access, {"membership": null})}) == "no_membership"
	_verdict({"access": object.union(fixture.access, {"membership": {"status": "suspended"}})}) == "membership_inactive"
}
