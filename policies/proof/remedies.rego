# What is proved of remedies. A cell is a request with what the policy told to change, and what became of it: each list was
# tried out on the policy itself. `kinds` says of each remedy which change it is, `ways` which purchases would do.
package proof

law["remedies together allow what was refused, whichever package is taken"] := input.answer.enough if advised

law["no remedy can be left out"] := input.answer.needless == 0 if advised

law["a refusal tells remedies exactly where some change of the tenant's would help"] := advised == curable if remedied

law["letting in and granting is for the tenant's admin, buying for the company's owner"] := misplaced == set() if advised

law["every remedy is a change of this company, this module and this permission"] := unknown == set() if advised

law["remedies come in the order they are made"] := input.answer.inOrder if advised

law["of all purchases that would do, the fewest and least disruptive are told"] := rank(purchases) == least if {
	advised
	count(purchases) > 0
}

law["every package that does as well as the one named is named"] := input.answer.unnamed == 0 if {
	advised
	count(purchases) > 0
}

law["a member is told the remedies, a module and whoever is no active member none"] := input.answer.shown == shown if {
	remedied
}

default remedied := false

remedied if {
	input.kind == "remedies"
	input.answer.whole
}

default advised := false

advised if {
	remedied
	count(input.answer.remedies) > 0
}

default curable := false

# Where Auth has judged, nobody knows what would help.
curable if {
	denied
	not resolved
	input.answer.reachable
}

admins := {"add_member", "activate_membership", "grant_module", "grant_permission"}

misplaced contains type if {
	some [type, who] in input.answer.remedies
	type in admins
	who != "tenant admin"
}

misplaced contains type if {
	some [type, who] in input.answer.remedies
	not type in admins
	who != "company owner"
}

unknown contains kind if {
	some kind in input.answer.kinds
	is_null(kind)
}

# From the least disruptive on: what is done to the base, and what is sold beside it.
to_the_base := {"end base": 1, "renew base": 2, "add base": 3, "change base": 4}

beside_it := {"renew add-on": 1, "add add-on": 2, "renew bundle": 2, "add bundle": 3}

purchases := [kind | some kind in input.answer.kinds; object.union(to_the_base, beside_it)[kind]]

# Fewer first, then what disturbs the base least.
rank(kinds) := [count(kinds), worst(kinds, to_the_base), worst(kinds, beside_it)]

worst(kinds, disruption) := max({0} | {disruption[kind] | some kind in kinds})

least := min([rank(way) | some way in input.answer.ways])

default shown := "none"

shown := "all" if {
	advised
	person
	input.member == "active"
}
