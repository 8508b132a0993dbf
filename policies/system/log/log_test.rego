package system.log_test

import data.kisum_test as fixture
import data.system.log

_question(route) := {"route": route, "caller": null, "result": {"allow": false, "reason": "permission_missing"}}

test_everything_is_logged_whole if {
	every route in ["finance.expense.list", "checkout.cart.get", "checkout.shop.get", "nowhere"] {
		log.treatment == {"drop": false, "mask": []} with input as _question(route) with data.catalog as fixture.catalog
	}
}

test_the_switches_work if {
	question := _question("checkout.shop.get")
	log.drop with input as question with data.catalog as fixture.catalog with log._dropped as {"public": true}
	not log.drop with input as _question("finance.expense.list") with data.catalog as fixture.catalog
		with log._dropped as {"public": true}
	log.mask == {"/req_id"} with input as question with data.catalog as fixture.catalog
		with log._erased as {"/req_id": true, "/subject/user_id": false}
}
