package kisum.subject_test

import data.kisum.subject
import data.kisum_test as fixture

test_a_person_is_judged_by_the_module_of_the_route if {
	subject.is_person with input as fixture.person
	subject.module == "finance" with input as fixture.person with data.catalog as fixture.catalog
	subject.standing == "entitled" with input as fixture.person with data.catalog as fixture.catalog
}

test_a_call_is_judged_by_the_calling_module if {
	not subject.is_person with input as fixture.module_call
	subject.module == "finance" with input as fixture.module_call with data.catalog as fixture.catalog
}

test_without_a_module_nothing_is_entitled if {
	every facts in [
		{"route": "checkout.cart.get", "caller": null},
		{"route": null, "caller": null},
		{"route": "finance.expense.list"},
		{"route": "finance.expense.list", "caller": {}},
		{"route": "finance.expense.list", "caller": false},
	] {
		subject.module == null with input as facts with data.catalog as fixture.catalog
		subject.standing == "module_unknown" with input as facts with data.catalog as fixture.catalog
	}
}
