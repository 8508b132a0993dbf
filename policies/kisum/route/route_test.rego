package kisum.route_test

import data.kisum.route
import data.kisum_test as fixture

_access(id) := access if {
	access := route.access with input as {"route": id} with data.catalog as fixture.catalog
}

test_kinds_come_from_the_catalog if {
	_access("finance.expense.list") == "module"
	_access("checkout.cart.get") == "authenticated"
	_access("checkout.shop.get") == "public"
}

test_whatever_else_is_unknown if {
	every id in [null, "", "nowhere", 1, {}, "odd.thing.get"] {
		_access(id) == "unknown"
	}
	route.access == "unknown" with input as {} with data.catalog as fixture.catalog
	route.access == "unknown" with input as {"route": "checkout.shop.get"} with data.catalog as {}
}
