package kisum.decision_test

import data.kisum.decision
import data.kisum_test as fixture

_reason(facts) := answer.reason if {
	answer := decision.decision with input as facts with data.catalog as fixture.catalog
	answer.allow == is_null(answer.reason)
}

_both := [fixture.subscription("basic_promoter"), fixture.subscription("basic_venue")]

test_allowed if {
	_reason(fixture.person) == null
	_reason(fixture.module_call) == null
	_reason({"route": "checkout.shop.get", "authenticated": false, "caller": null, "access": null}) == null
	_reason({"route": "checkout.cart.get", "authenticated": true, "caller": null, "access": null}) == null
}

test_an_empty_question_is_denied if _reason({}) == "route_unknown"

test_each_layer if {
	_reason(object.union(fixture.person, {"route": "nowhere"})) == "route_unknown"
	_reason(fixture.with_access({"membership": null})) == "no_membership"
	_reason(fixture.with_access({"membership": {"status": "invited"}})) == "membership_inactive"
	_reason(fixture.with_access({"subscriptions": []})) == "no_active_base"
	_reason(fixture.with_access({"subscriptions": _both})) == "multiple_bases"
	_reason(object.union(fixture.person, {"route": "odd.module.get"})) == "module_unknown"
	_reason(fixture.with_access({"addons": []})) == "module_not_entitled"
	_reason(fixture.with_access({"addons": [object.union(fixture.over, {"addon": "finance"})]})) == "entitlement_expired"
	_reason(fixture.with_access({"modules": []})) == "module_not_granted"
	_reason(fixture.with_access({"permissions": []})) == "permission_missing"
	_reason(fixture.with_caller({"method": "POST"})) == "call_not_declared"
}

test_the_owner_need_not_be_bought_for_a_call if {
	bought := {"subscriptions": [fixture.subscription("basic_venue")], "modules": ["finance"]}
	bluenote := object.union(fixture.access, bought)
	_reason(object.union(fixture.module_call, {"access": bluenote})) == null

	# The same member, without the module in between, stays outside the other persona.
	asking := object.union(fixture.person, {"route": "promoter.event.list", "access": bluenote})
	_reason(asking) == "module_not_entitled"
}

test_what_auth_resolved_is_decided_by_its_lists_alone if {
	_reason(fixture.with_resolved({})) == null
	_reason(fixture.with_resolved({"modules": ["promoter"]})) == "module_not_granted"
	_reason(fixture.with_resolved({"permissions": []})) == "permission_missing"
	_reason(fixture.with_resolved({"membership": null})) == "no_membership"
}
