# The laws of changes on cells written by hand: what a reviewer would say of them, without any policy.
package proof_test

import data.proof

_manager := {"canManageUsers": true, "canBuyAddons": false, "canGrant": true}

_plain := {"canManageUsers": false, "canBuyAddons": false, "canGrant": false}

_change := {
	"kind": "change",
	"member": "active",
	"type": "grant",
	"maker": _manager,
	"own": null,
	"modules": ["had"],
	"permissions": ["had"],
	"buys": false,
	"role": null,
	"units": "kept",
	"target": {"member": "active", "role": _plain},
	"lost": [],
	"answer": {"whole": true, "allow": true, "reasons": []},
}

_every_fact := "a change is refused for every fact against it, in order, and for no other"

_no_fact := "a change that nothing speaks against is allowed"

_ill_made(changes) := {name |
	some name

	# Regal looks for one rule of that name; there is one for each law.
	# regal ignore:unresolved-reference
	proof.law[name] == false with input as object.union(_change, changes)
}

_wrongly_allowed(changes) := _ill_made(changes) - {_every_fact, _no_fact}

_rightly_refused(changes, reasons) if {
	answer := {"whole": true, "allow": false, "reasons": reasons}
	_ill_made(object.union(changes, {"answer": answer})) == set()
}

test_a_grant_of_what_one_has if _ill_made({}) == set()

test_no_active_member if {
	_wrongly_allowed({"member": "suspended"}) == {"whoever is no active member changes nothing"}
	_rightly_refused({"member": "suspended"}, ["membership_inactive"])
	_rightly_refused({"member": "none", "maker": null}, ["no_membership"])
}

test_no_right_to_manage if {
	changes := {"maker": _plain}
	_wrongly_allowed(changes) == {"people are managed by those who may manage them"}
	_rightly_refused(changes, ["may_not_manage_users"])
}

test_no_right_to_buy if {
	changes := {"type": "entitle", "modules": [], "permissions": [], "buys": true, "target": null}
	_wrongly_allowed(changes) == {"what the company buys is bought by those who may buy"}
	_rightly_refused(changes, ["may_not_buy"])
}

test_what_one_lacks if {
	_wrongly_allowed({"modules": ["had", "lacked"]}) == {"nobody hands on what they lack"}
	_rightly_refused({"modules": ["lacked"]}, ["module_not_grantable"])
	_rightly_refused({"permissions": ["lacked"]}, ["permission_not_grantable"])
	_ill_made({"type": "revoke", "modules": ["lacked"]}) == set()
}

test_a_target_above if {
	above := {"target": {"role": {"canBuyAddons": true}}}
	_wrongly_allowed(above) == {"nobody manages whoever may hand on more"}
	_rightly_refused(above, ["target_above"])
}

test_a_role_beyond_ones_own if {
	given := {"type": "change_member", "role": {"canBuyAddons": true}}
	_wrongly_allowed(given) == {"nobody gives a role that hands on more than theirs"}
	_rightly_refused(given, ["role_not_grantable"])
}

test_a_wider_limit if {
	every wide in [null, ["north", "west"]] {
		wider := {"type": "change_member", "own": ["north"], "units": wide}
		_wrongly_allowed(wider) == {"whoever is limited makes nobody wider than they are"}
		_rightly_refused(wider, ["units_not_grantable"])
	}
	_rightly_refused({"type": "add_member", "own": ["north"], "target": {"member": "none"}}, ["units_not_grantable"])
	_ill_made({"type": "change_member", "own": ["north"], "units": ["north"]}) == set()
}

test_nobody_is_no_member if {
	_rightly_refused({"target": {"member": "none"}}, ["target_not_a_member"])
	_rightly_refused({"target": null}, ["target_not_a_member", "target_above"])
}

test_a_change_without_a_fault if {
	refused := {"answer": {"allow": false, "reasons": ["may_not_buy"]}}
	_ill_made(refused) == {_every_fact, _no_fact}
	_ill_made({"lost": ["every right"]}) == {"more rights never forbid a change"}
}
