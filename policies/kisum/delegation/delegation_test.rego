package kisum.delegation_test

import data.kisum.delegation
import data.kisum_test as fixture

_owner := {"canManageUsers": true, "canBuyAddons": true, "canGrant": true}

_member := {"canManageUsers": false, "canBuyAddons": false, "canGrant": false}

_change(type) := {"type": type, "modules": [], "permissions": [], "packages": [], "addons": [], "role": null}

_question := {
	"access": fixture.access,
	"role": _owner,
	"units": null,
	"change": object.union(_change("grant"), {"modules": ["finance"], "permissions": ["finance.expense.view"]}),
	"target": {"membership": {"status": "active"}, "role": _member},
}

_nobody := {"membership": null, "role": null}

_verdict(facts) := verdict if {
	verdict := delegation.verdict with input as object.union(_question, facts) with data.catalog as fixture.catalog
}

_against(facts) := reasons if {
	verdict := _verdict(facts)
	verdict.allow == false
	reasons := verdict.reasons
}

_allowed(facts) if _verdict(facts) == {"allow": true, "reasons": []}

_role(flags) := object.union(_owner, flags)

_asked(type, more) := {"change": object.union(_change(type), more)}

test_what_one_has_may_be_handed_on if {
	_allowed({})
	_allowed({"target": {"membership": {"status": "invited"}, "role": null}})
}

test_only_an_active_member_changes_anything if {
	_against({"access": {"membership": null}}) == ["no_membership"]
	_against({"access": {"membership": {"status": "suspended"}}, "role": null}) == ["membership_inactive"]
}

test_nobody_grants_what_they_lack if {
	_against({"change": {"modules": ["finance", "ai"]}}) == ["module_not_grantable"]
	_against({"change": {"permissions": ["venue.space.view"]}}) == ["permission_not_grantable"]
	_against({"role": _role({"canGrant": false})}) == ["module_not_grantable", "permission_not_grantable"]
}

test_whoever_manages_users_takes_away_what_they_lack if {
	powerless := {"role": _role({"canGrant": false})}
	_allowed(object.union(_asked("revoke", {"modules": ["ai"], "permissions": ["ai.score.view"]}), powerless))
}

test_people_are_managed_by_those_who_may if {
	managing := {"role": _role({"canManageUsers": false})}
	every type in ["grant", "revoke", "change_member", "remove_member", "add_member"] {
		_against(object.union(_asked(type, {}), managing)) == ["may_not_manage_users"]
	}
	_against(object.union(_asked("remove_member", {}), {"role": null})) == ["may_not_manage_users"]
}

test_the_company_buys_by_those_who_may if {
	buying := {"role": _role({"canBuyAddons": false}), "target": null}
	every type in ["entitle", "unentitle"] {
		_allowed(object.union(_asked(type, {"packages": ["bundle_ai"], "addons": ["finance"]}), {"target": null}))
		_against(object.union(_asked(type, {"addons": ["finance"]}), buying)) == ["may_not_buy"]
		_allowed(object.union(_asked(type, {}), {"target": null, "role": _role({"canManageUsers": false})}))
	}
	_against(object.union(buying, {"change": {"packages": ["bundle_ai"]}, "target": _question.target})) == ["may_not_buy"]
}

test_a_member_there_must_be if {
	every type in ["grant", "revoke", "change_member", "remove_member"] {
		_against(object.union(_asked(type, {}), {"target": _nobody})) == ["target_not_a_member"]
		_against(object.union(_asked(type, {}), {"target": null})) == ["target_not_a_member", "target_above"]
	}
	_allowed(object.union(_asked("add_member", {}), {"target": _nobody}))
	_against(object.union(_asked("revoke", {}), {"target": {"membership": {"status": "x"}}})) == ["target_not_a_member"]
	_against(object.union(_asked("add_member", {}), {"target": null})) == ["target_above"]
}

test_nobody_manages_whoever_is_above if {
	plain := {"role": _role({"canBuyAddons": false})}
	above := {"target": {"role": _owner}}
	_against(object.union_n([_asked("remove_member", {}), plain, above])) == ["target_above"]
	_allowed(object.union(_asked("remove_member", {}), above))
}

test_no_role_is_given_that_hands_on_more if {
	every flag in ["canBuyAddons", "canGrant"] {
		plain := {"role": _role({flag: false})}
		_against(object.union(_asked("change_member", {"role": _owner}), plain)) == ["role_not_grantable"]
		_allowed(object.union(_asked("change_member", {"role": _role({flag: false})}), plain))
	}
	_allowed(_asked("change_member", {"role": _owner}))
}

test_units_are_given_within_ones_own if {
	limited := {"units": ["north", "south"]}
	every type in ["add_member", "change_member"] {
		_allowed(object.union(_asked(type, {"units": ["north"]}), limited))
		_allowed(object.union(_asked(type, {"units": []}), limited))
		_allowed(_asked(type, {"units": ["north"]}))
		_allowed(_asked(type, {"units": null}))
		_allowed(_asked(type, {}))
		_against(object.union(_asked(type, {"units": ["north", "west"]}), limited)) == ["units_not_grantable"]
		_against(object.union(_asked(type, {"units": null}), limited)) == ["units_not_grantable"]
	}
	_allowed(object.union(_asked("change_member", {}), limited))
	_against(object.union(_asked("add_member", {}), limited)) == ["units_not_grantable"]
}

test_every_reason_in_order if {
	_against({
		"role": {"canManageUsers": false, "canBuyAddons": false, "canGrant": false},
		"units": ["north"],
		"change": object.union(
			_change("change_member"),
			{"modules": ["ai"], "permissions": ["ai.x"], "packages": ["bundle_ai"], "role": _owner, "units": null},
		),
		"target": {"membership": null, "role": _owner},
	}) == [
		"may_not_manage_users",
		"may_not_buy",
		"target_not_a_member",
		"target_above",
		"role_not_grantable",
		"module_not_grantable",
		"permission_not_grantable",
		"units_not_grantable",
	]
}

test_nothing_is_said_of_what_is_no_change if {
	every change in [null, {}, "grant", {"type": "grant"}] {
		not _said(object.union(object.remove(_question, ["change"]), {"change": change}))
	}
	every wrong in [{"type": "bribe"}, {"type": 1}, {"modules": null}, {"addons": {}}, {"packages": [1]}] {
		not _said(object.union(_question, {"change": wrong}))
	}
}

_said(question) if {
	verdict := delegation.verdict with input as question with data.catalog as fixture.catalog
	is_object(verdict)
}

test_what_is_malformed_is_not_allowed if {
	every wrong in [{"role": {"canManageUsers": 1}}, {"target": {"role": "owner"}}, {"change": {"role": {}}}] {
		_against(wrong)
	}
	every odd in [{}, 1, "north", true, [1]] {
		_against({"change": {"units": odd}}) == ["units_not_grantable"]
	}
	every odd in [{}, 1, "north", true, [1]] {
		_against({"units": odd}) == ["units_not_grantable"]
	}
}

test_whoever_was_resolved_hands_on_what_is_listed if {
	granting := object.union(_question, {"access": fixture.resolved})
	verdict := delegation.verdict with input as granting with data.catalog as fixture.catalog
	verdict.allow
}
