package kisum.grant_test

import data.kisum.grant
import data.kisum_test as fixture

test_granted if {
	grant.module with input as fixture.person with data.catalog as fixture.catalog
	grant.enters("promoter") with input as fixture.person
	grant.may("finance.expense.view") with input as fixture.person
}

test_not_granted if {
	every nothing in [[], null, ["promoter"], ["finance.expense.create"]] {
		facts := fixture.with_access({"modules": nothing, "permissions": nothing})
		not grant.module with input as facts with data.catalog as fixture.catalog
		not grant.enters("finance") with input as facts
		not grant.may("finance.expense.view") with input as facts
	}
}

test_a_call_needs_the_grant_of_the_calling_module if {
	facts := object.union(fixture.module_call, {"access": object.union(fixture.access, {"modules": ["promoter"]})})
	not grant.module with input as facts with data.catalog as fixture.catalog
	grant.module with input as fixture.module_call with data.catalog as fixture.catalog
}
