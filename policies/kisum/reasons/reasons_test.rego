package kisum.reasons_test

import data.kisum.reasons

test_each_reason_once if count({reason | some reason in reasons.order}) == count(reasons.order)

test_unknown_first_and_calls_last if {
	reasons.order[0] == "route_unknown"
	reasons.order[count(reasons.order) - 1] == "call_not_declared"
}

test_standings_that_are_reasons_are_told_in_order if {
	reasons.told({"permission_missing", "one", "allowed", "no_active_base"}) == ["no_active_base", "permission_missing"]
	reasons.told({"one", "entitled"}) == []
}

test_each_reason_against_a_change_once if {
	count({reason | some reason in reasons.changes}) == count(reasons.changes)
}
