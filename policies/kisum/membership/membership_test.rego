package kisum.membership_test

import data.kisum.membership
import data.kisum_test as fixture

test_only_active_is_active if {
	membership.active with input as fixture.person
	every status in ["invited", "suspended", "", true] {
		facts := fixture.with_access({"membership": {"status": status}})
		membership.present with input as facts
		not membership.active with input as facts
	}
}

test_none_is_absent if {
	every facts in [{}, {"access": null}, {"access": {}}, {"access": {"membership": null}}] {
		not membership.present with input as facts
		not membership.active with input as facts
	}
}

test_how_it_stands_in_a_word if {
	membership.standing == "active" with input as {"access": {"membership": {"status": "active"}}}
	membership.standing == "membership_inactive" with input as {"access": {"membership": {"status": "suspended"}}}
	every access in [null, {}, {"membership": null}] {
		membership.standing == "no_membership" with input as {"access": access}
	}
}
