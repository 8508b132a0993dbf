package kisum.effective_test

import data.kisum.effective
import data.kisum_test as fixture

_everything := object.union(fixture.access, {
	"modules": ["venue", "promoter", "finance", "finance", "circus"],
	"permissions": ["venue.space.view", "promoter.event.view", "finance.expense.view", "finance.expense.bake"],
})

_role := {"canManageUsers": true, "canBuyAddons": false, "canGrant": true}

_effective(facts, role) := answer if {
	answer := effective.effective with input as {"access": object.union(_everything, facts), "role": role}
		with data.catalog as fixture.catalog
}

_nothing(role) := {
	"modules": [],
	"permissions": [],
	"delegation": {
		"canManageUsers": role.canManageUsers,
		"canBuyAddons": role.canBuyAddons,
		"grantableModules": [],
		"grantablePermissions": [],
	},
}

_powerless := {"canManageUsers": false, "canBuyAddons": false, "canGrant": false}

test_entitled_and_granted_and_known_sorted if {
	answer := _effective({}, _role)
	answer.modules == ["finance", "promoter"]
	answer.permissions == ["finance.expense.view", "promoter.event.view"]
	answer.delegation == {
		"canManageUsers": true,
		"canBuyAddons": false,
		"grantableModules": ["finance", "promoter"],
		"grantablePermissions": ["finance.expense.view", "promoter.event.view"],
	}
}

test_empty_without_exactly_one_base if {
	_effective({"subscriptions": []}, _role) == _nothing(_role)
	both := [fixture.subscription("basic_promoter"), fixture.subscription("basic_venue")]
	_effective({"subscriptions": both}, _role) == _nothing(_role)
}

test_a_membership_that_does_not_stand_is_powerless if {
	every membership in [null, {"status": "suspended"}, {"status": "invited"}] {
		_effective({"membership": membership}, _role) == _nothing(_powerless)
	}
}

test_without_a_role_nothing_is_handed_on if {
	every role in [null, {}, _powerless] {
		answer := _effective({}, role)
		answer.modules == ["finance", "promoter"]
		answer.delegation == _nothing(_powerless).delegation
	}
}

test_what_auth_resolved_is_effective_as_it_is if {
	answer := effective.effective with input as {"access": fixture.resolved, "role": _role}
		with data.catalog as fixture.catalog
	answer.modules == fixture.resolved.modules
	answer.permissions == fixture.resolved.permissions
}
