package kisum.reasons_test

import data.kisum.reasons

test_each_reason_once if count({reason | some reason in reasons.order}) == count(reasons.order)

test_unknown_first_and_calls_last if {
	reasons.order[0] == "route_unknown"
	reasons.order[count(reasons.order) - 1] == "call_not_declared"
}
