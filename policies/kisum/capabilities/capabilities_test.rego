package kisum.capabilities_test

import data.kisum.capabilities
import data.kisum.explain
import data.kisum_test as fixture

_capabilities(facts) := answer if {
	answer := capabilities.capabilities with input as {"access": object.union(fixture.access, facts)}
		with data.catalog as fixture.catalog
}

_granted := {"allow": true, "reasons": [], "remedies": []}

_buy := {"type": "add_addon", "addon": "finance", "module": "finance", "who": "company owner"}

_enter := {"type": "grant_module", "module": "finance", "who": "tenant admin"}

_view := {"type": "grant_permission", "permission": "finance.expense.view", "who": "tenant admin"}

test_each_module_and_each_action_of_the_catalog if {
	answer := _capabilities({})
	object.keys(answer.modules) == object.keys(fixture.catalog.modules)
	object.keys(answer.actions) == object.keys(fixture.catalog.permissions)
}

test_what_is_bought_and_granted if {
	answer := _capabilities({})
	answer.modules.finance == _granted
	answer.actions["finance.expense.view"] == _granted
}

test_a_permission_that_is_missing_leaves_the_module_open if {
	answer := _capabilities({"permissions": []})
	answer.modules.finance == _granted
	answer.actions["finance.expense.view"] == {"allow": false, "reasons": ["permission_missing"], "remedies": [_view]}
}

test_what_a_module_lacks_its_actions_lack if {
	answer := _capabilities({"addons": [], "modules": []})
	lacks := ["module_not_entitled", "module_not_granted"]
	answer.modules.finance == {"allow": false, "reasons": lacks, "remedies": [_buy, _enter]}
	answer.actions["finance.expense.view"] == {"allow": false, "reasons": lacks, "remedies": [_buy, _enter]}
	_capabilities({"addons": [], "permissions": []}).actions["finance.expense.view"] == {
		"allow": false,
		"reasons": ["module_not_entitled", "permission_missing"],
		"remedies": [_buy, _view],
	}
}

test_where_nothing_would_help_nothing_is_told if {
	odd := object.union(fixture.catalog, {"permissions": {"circus.tent.view": {"module": "circus"}}})
	answer := capabilities.capabilities with input as {"access": fixture.access} with data.catalog as odd
	answer.actions["circus.tent.view"] == {
		"allow": false,
		"reasons": ["module_unknown", "module_not_granted", "permission_missing"],
		"remedies": [],
	}
	not answer.modules.circus
}

test_outside_there_is_one_reason if {
	every standing in [["no_membership", null], ["membership_inactive", {"status": "invited"}]] {
		answer := _capabilities({"membership": standing[1]})
		refused := {"allow": false, "reasons": [standing[0]], "remedies": []}
		every capability in [capability | some kind in answer; some capability in kind] {
			capability == refused
		}
	}
}

test_routes_are_explained_alike if {
	every facts in [{}, {"addons": []}, {"subscriptions": []}, {"modules": []}, {"permissions": []}] {
		access := object.union(fixture.access, facts)
		question := object.union(fixture.person, {"access": access})
		explanation := explain.explanation with input as question with data.catalog as fixture.catalog
		_capabilities(facts).actions["finance.expense.view"] == explanation
	}
}

test_of_what_auth_resolved_no_remedy_is_told if {
	access := object.union(fixture.resolved, {"modules": ["finance"], "permissions": []})
	answer := capabilities.capabilities with input as {"access": access} with data.catalog as fixture.catalog
	answer.modules.finance == _granted
	answer.modules.ai == {"allow": false, "reasons": ["module_not_granted"], "remedies": []}
	answer.actions["finance.expense.view"] == {"allow": false, "reasons": ["permission_missing"], "remedies": []}
}
