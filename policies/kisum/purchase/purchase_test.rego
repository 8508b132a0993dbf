package kisum.purchase_test

import data.kisum.purchase
import data.kisum_test as fixture

_parts(module, facts) := parts if {
	parts := purchase.parts(module) with input as fixture.with_access(facts) with data.catalog as fixture.catalog
}

test_what_is_entitled_needs_no_purchase if _parts("finance", {}) == []

test_an_addon_for_its_module if {
	_parts("finance", {"addons": []}) == [{
		"type": "add_addon",
		"addon": "finance",
		"module": "finance",
		"who": "company owner",
	}]
}

test_nobody_sells_it if {
	every module in ["circus", null] {
		not _parts(module, {})
	}
}
