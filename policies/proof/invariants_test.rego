# The laws on cells written by hand: what a reviewer would say of them, without any policy.
package proof_test

import data.proof

_cell := {
	"kind": "request",
	"route": {"access": "module"},
	"token": true,
	"caller": null,
	"member": "active",
	"bases": ["another 1"],
	"subject": {"module": "itself", "type": "addon"},
	"sold": [{"period": "active", "on": "every base"}],
	"granted": {"module": true, "permission": true, "elsewhere": false},
	"lost": [],
	"answer": {"whole": true, "decision": {"allow": true, "reason": null}},
}

_refused(reason) := {"whole": true, "decision": {"allow": false, "reason": reason}}

_broken(changes) := {name |
	some name

	# Regal looks for one rule of that name; there is one for each law.
	# regal ignore:unresolved-reference
	proof.law[name] == false with input as object.union(_cell, changes)
}

test_a_period_counts_while_it_runs if {
	every status in ["active", "trial", "past_due"] {
		proof.period == "active" with input as {"status": status, "started": true, "ended": false}
		proof.period == "idle" with input as {"status": status, "started": false, "ended": false}
		proof.period == "over" with input as {"status": status, "started": true, "ended": true}
	}
	proof.period == "idle" with input as {"status": "cancelled", "started": true, "ended": false}
	proof.period == "over" with input as {"status": "expired", "started": true, "ended": false}
}

test_what_is_bought_and_granted_is_open if {
	_broken({}) == set()
	"what is bought and granted is open" in _broken({"answer": _refused("module_not_granted")})
}

test_nothing_without_a_base if {
	without := {"bases": []}
	"nothing without an active base" in _broken(without)
	_broken(object.union(without, {"answer": _refused("no_active_base")})) == set()
}

test_an_addon_sold_on_another_base if {
	elsewhere := {"sold": [{"period": "active", "on": ["venue"]}]}
	"nothing outside the entitlement" in _broken(elsewhere)
	_broken(object.union(elsewhere, {"answer": _refused("base_incompatible")})) == set()
	here := object.union(elsewhere, {"bases": ["venue"]})
	_broken(here) == set()
}

test_the_persona_is_never_extended if {
	other := {"subject": {"module": "itself", "type": "base"}, "sold": []}
	"the persona is never extended" in _broken(other)
	_broken(object.union(other, {"bases": ["itself"]})) == set()
}

test_a_reason_is_the_first_fact if {
	nothing := {"sold": [], "granted": {"module": false, "permission": false, "elsewhere": true}}
	_broken(object.union(nothing, {"answer": _refused("module_not_entitled")})) == set()
	"the decision names the first fact against it" in _broken(object.union(nothing, {"answer": _refused("module_not_granted")}))
}

test_access_that_is_lost_by_more if {
	"adding an add-on or a grant never takes access away" in _broken({"lost": ["the add-on finance"]})
}

test_a_module_reads_what_is_shared_and_declared if {
	call := {
		"caller": {"method": "GET", "same_company": true, "declares": true},
		"called": {"method": "GET", "type": "base", "shared": true, "owned": true, "itself": false},
	}
	_broken(call) == set()
	every wrong in [
		{"caller": {"method": "POST"}},
		{"caller": {"same_company": false}},
		{"caller": {"declares": false}},
		{"called": {"type": "addon"}},
		{"called": {"shared": false}},
		{"called": {"owned": false}},
		{"called": {"itself": true}},
	] {
		"a module calls another only to read what was declared and is shared" in _broken(object.union(call, wrong))
	}
}

test_what_auth_has_judged_needs_no_row if {
	judged := {"resolved": true, "bases": [], "sold": []}
	_broken(judged) == set()
	_broken(object.union(judged, {"subject": {"module": "itself", "type": "base"}})) == set()
	law := "what the live auth service has judged is decided by what it lists alone"
	law in _broken(object.union(judged, {"granted": {"permission": false}}))
	unknown := object.union(judged, {"subject": {"type": "unknown"}, "answer": _refused("module_unknown")})
	_broken(unknown) == set()
}

test_a_capability_is_judged_as_a_request if {
	capability := {"kind": "capability", "item": "permission", "answer": {"agrees": true}}
	_broken(capability) == set()
	"nothing outside the grant" in _broken(object.union(capability, {"granted": {"module": false}}))
	law := "a capability is what the explanation of each of its routes says, remedies and all"
	_broken(object.union(capability, {"answer": {"agrees": false}})) == {law}
}
