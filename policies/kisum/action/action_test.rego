package kisum.action_test

import data.kisum.action
import data.kisum_test as fixture

_standing(facts) := standing if {
	standing := action.standing with input as facts with data.catalog as fixture.catalog
}

test_a_person_needs_the_permission if {
	_standing(fixture.person) == "allowed"
	_standing(fixture.with_access({"permissions": []})) == "permission_missing"
}

test_a_module_needs_a_declared_read_and_no_permission if {
	_standing(fixture.module_call) == "allowed"
	_standing(object.union(fixture.module_call, {"access": {"permissions": []}})) == "allowed"
	_standing(fixture.with_caller({"method": "POST"})) == "call_not_declared"
}

test_a_route_without_a_permission_is_nobodys if {
	_standing(object.union(fixture.person, {"route": "odd.module.get"})) == "permission_missing"
}
