# The laws of remedies on cells written by hand: what a reviewer would say of them, without any policy.
package proof_test

import data.proof

_advice := {
	"kind": "remedies",
	"route": {"access": "module"},
	"token": true,
	"caller": null,
	"member": "active",
	"answer": {
		"whole": true,
		"decision": {"allow": false, "reason": "module_not_entitled"},
		"remedies": [["add_addon", "company owner"], ["grant_module", "tenant admin"]],
		"kinds": ["add add-on", "grant"],
		"inOrder": true,
		"enough": true,
		"needless": 0,
		"reachable": true,
		"unnamed": 0,
		"ways": [["add add-on"], ["change base"]],
		"shown": "all",
	},
}

_ill_advised(changes) := {name |
	some name

	# Regal looks for one rule of that name; there is one for each law.
	# regal ignore:unresolved-reference
	proof.law[name] == false with input as object.union(_advice, changes)
}

_answering(changes) := _ill_advised({"answer": changes})

test_good_advice if _ill_advised({}) == set()

test_each_way_to_advise_badly if {
	_answering({"enough": false}) == {"remedies together allow what was refused, whichever package is taken"}
	_answering({"needless": 1}) == {"no remedy can be left out"}
	_answering({"reachable": false}) == {"a refusal tells remedies exactly where some change of the tenant's would help"}
	_answering({"inOrder": false}) == {"remedies come in the order they are made"}
	_answering({"unnamed": 1}) == {"every package that does as well as the one named is named"}
	_answering({"kinds": ["add add-on", null]}) == {"every remedy is a change of this company, this module and this permission"}
	_answering({"shown": "none"}) == {"a member is told the remedies, a module and whoever is no active member none"}
}

test_to_whom_it_falls if {
	law := "letting in and granting is for the tenant's admin, buying for the company's owner"
	_answering({"remedies": [["add_addon", "tenant admin"]]}) == {law}
	_answering({"remedies": [["grant_module", "company owner"]]}) == {law}
}

test_the_fewest_and_least_disruptive if {
	law := "of all purchases that would do, the fewest and least disruptive are told"
	_answering({"kinds": ["change base"]}) == {law}
	_answering({"ways": [["renew add-on"], ["add add-on"]]}) == {law}
	_answering({"kinds": ["end base", "add add-on"], "ways": [["change base"]]}) == {law}
	least := ["end base", "add add-on"]
	_answering({"kinds": least, "ways": [["change base", "renew add-on"], least]}) == set()
}

test_strangers_and_modules_are_told_nothing if {
	law := "a member is told the remedies, a module and whoever is no active member none"
	suspended := {"member": "suspended", "answer": {"decision": {"reason": "membership_inactive"}}}
	_ill_advised(suspended) == {law}
	_ill_advised({"caller": {"method": "GET"}}) == {law}
	_ill_advised(object.union(suspended, {"answer": {"shown": "none"}})) == set()
}

test_where_auth_has_judged_nothing_is_told if {
	law := "a refusal tells remedies exactly where some change of the tenant's would help"
	_ill_advised({"resolved": true}) == {law}
}
