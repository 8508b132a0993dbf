# METADATA
# description: A small catalog and one member who may do everything in it. Each test takes something away.
package kisum_test

catalog := {
	"modules": {
		"promoter": {"type": "base"},
		"venue": {"type": "base"},
		"finance": {"type": "addon"},
		"ai": {"type": "addon"},
		"venue_marketplace": {"type": "addon"},
	},
	"packages": {
		"basic_promoter": {"modules": {"promoter": true}},
		"basic_venue": {"modules": {"venue": true}},
		"bundle_ai": {"modules": {"ai": true}},
	},
	"addons": {
		"finance": {"modules": {"finance": true}},
		"venue_marketplace": {"modules": {"venue_marketplace": true}, "bases": {"venue": true}},
		"rogue": {"modules": {"venue": true}},
	},
	"permissions": {
		"finance.expense.view": {"module": "finance"},
		"promoter.event.view": {"module": "promoter"},
		"venue.space.view": {"module": "venue"},
	},
	"routes": {
		"finance.expense.list": {
			"access": "module",
			"method": "GET",
			"module": "finance",
			"permission": "finance.expense.view",
			"entity": "finance.expense",
		},
		"promoter.event.list": {
			"access": "module",
			"method": "GET",
			"module": "promoter",
			"permission": "promoter.event.view",
			"entity": "promoter.event",
		},
		"promoter.event.create": {
			"access": "module",
			"method": "POST",
			"module": "promoter",
			"permission": "promoter.event.create",
			"entity": "promoter.event",
		},
		"promoter.deal.list": {
			"access": "module",
			"method": "GET",
			"module": "promoter",
			"permission": "promoter.deal.view",
			"entity": "promoter.deal",
		},
		"ai.score.list": {
			"access": "module",
			"method": "GET",
			"module": "ai",
			"permission": "ai.score.view",
			"entity": "ai.score",
		},
		"checkout.cart.get": {"access": "authenticated", "method": "GET"},
		"checkout.shop.get": {"access": "public", "method": "GET"},
		"odd.thing.get": {"access": "whatever", "method": "GET"},
		"odd.module.get": {"access": "module", "method": "GET"},
	},
	"entities": {
		"finance.expense": {"module": "finance", "shared": false},
		"promoter.event": {"module": "promoter", "shared": true},
		"promoter.deal": {"module": "promoter", "shared": false},
		"ai.score": {"module": "ai", "shared": true},
	},
	"reads": {
		"finance": {"promoter.event": true, "promoter.deal": true, "ai.score": true},
		"promoter": {"promoter.event": true},
	},
}

period := {"status": "active", "started": true, "ended": false}

over := {"status": "expired", "started": true, "ended": true}

subscription(name) := object.union(period, {"package": name})

addon(name) := object.union(period, {"addon": name})

access := {
	"membership": {"status": "active"},
	"subscriptions": [subscription("basic_promoter")],
	"addons": [addon("finance")],
	"modules": ["finance", "promoter"],
	"permissions": ["finance.expense.view", "promoter.event.view"],
}

# METADATA
# description: As Auth tells it when it has judged already.
resolved := object.union(access, {"subscriptions": [], "addons": [], "resolved": true})

person := {
	"route": "finance.expense.list",
	"authenticated": true,
	"caller": null,
	"access": access,
}

module_call := {
	"route": "promoter.event.list",
	"authenticated": true,
	"caller": {"module": "finance", "method": "GET", "same_company": true},
	"access": access,
}

# METADATA
# description: The person with some facts of the access replaced.
with_access(facts) := object.union(person, {"access": object.union(access, facts)})

# METADATA
# description: The call with some facts of the caller replaced.
with_caller(facts) := object.union(module_call, {"caller": object.union(module_call.caller, facts)})

# METADATA
# description: The person with the access that Auth resolved, some of it replaced.
with_resolved(facts) := object.union(object.remove(person, ["access"]), {"access": object.union(resolved, facts)})
