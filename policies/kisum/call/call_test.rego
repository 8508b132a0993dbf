package kisum.call_test

import data.kisum.call
import data.kisum_test as fixture

test_a_declared_read if {
	call.declared with input as fixture.module_call with data.catalog as fixture.catalog
	call.declared with input as fixture.with_caller({"method": "HEAD"}) with data.catalog as fixture.catalog
}

test_nothing_but_reading if {
	every method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", ""] {
		not call.declared with input as fixture.with_caller({"method": method}) with data.catalog as fixture.catalog
	}
	writing := object.union(fixture.module_call, {"route": "promoter.event.create"})
	not call.declared with input as writing with data.catalog as fixture.catalog
}

test_the_same_company_only if {
	every same in [false, null, "true"] {
		facts := fixture.with_caller({"same_company": same})
		not call.declared with input as facts with data.catalog as fixture.catalog
	}
}

test_declared_by_the_calling_module if {
	every module in ["ai", "circus", null] {
		not call.declared with input as fixture.with_caller({"module": module}) with data.catalog as fixture.catalog
	}
}

test_no_module_calls_itself if {
	not call.declared with input as fixture.with_caller({"module": "promoter"}) with data.catalog as fixture.catalog
}

test_the_owner_shares_what_is_read if {
	unshared := object.union(fixture.module_call, {"route": "promoter.deal.list"})
	not call.declared with input as unshared with data.catalog as fixture.catalog
}

test_only_a_base_is_read if {
	addon := object.union(fixture.module_call, {"route": "ai.score.list"})
	not call.declared with input as addon with data.catalog as fixture.catalog
}

test_the_entity_belongs_to_the_module_of_the_route if {
	moved := {"entities": {"promoter.event": {"module": "venue", "shared": true}}}
	not call.declared with input as fixture.module_call
		with data.catalog as object.union(fixture.catalog, moved)
}

test_only_routes_of_modules if {
	every route in ["checkout.cart.get", "checkout.shop.get", "odd.module.get", "nowhere"] {
		facts := object.union(fixture.module_call, {"route": route})
		not call.declared with input as facts with data.catalog as fixture.catalog
	}
}
