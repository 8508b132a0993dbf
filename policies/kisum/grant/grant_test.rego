package kisum.grant_test

import data.kisum.grant
import data.kisum_test as fixture

test_granted if {
	grant.module with input as fixture.person with data.catalog as fixture.catalog
	grant.permission with input as fixture.person with data.catalog as fixture.catalog
}

test_not_granted if {
	every nothing in [[], null, ["promoter"], ["finance.expense.create"]] {
		facts := fixture.with_access({"modules": nothing, "permissions": nothing})
		not grant.module with input as facts with data.catalog as fixture.catalog
		not grant.permission with input as facts with data.catalog as fixture.catalog
	}
}

test_a_route_without_a_permission_is_nobodys if {
	facts := object.union(fixture.person, {"route": "odd.module.get"})
	not grant.permission with input as facts with data.catalog as fixture.catalog
}

test_a_call_needs_the_grant_of_the_calling_module if {
	facts := object.union(fixture.module_call, {"access": object.union(fixture.access, {"modules": ["promoter"]})})
	not grant.module with input as facts with data.catalog as fixture.catalog
	grant.module with input as fixture.module_call with data.catalog as fixture.catalog
}
