# METADATA
# title: What is proved of the policy
# description: >-
#   Each law is true or false of a cell it applies to, and undefined for the others. A false one is a counterexample; a
#   law that never applied fails the proof.
package proof

# METADATA
# title: The laws
# scope: document
# entrypoint: true

# Everybody.

law["every question gets an answer, whole and well formed"] := input.answer.whole

law["without a token, exactly the public routes are open"] := allowed == (input.route.access == "public") if {
	input.kind == "request"
	not input.token
}

law["a public route is open to all"] := allowed if {
	input.kind == "request"
	input.route.access == "public"
}

law["with a token, a person enters what asks for no more"] := allowed if {
	input.kind == "request"
	input.route.access == "authenticated"
	input.token
	person
}

law["what the catalog does not know is shut"] := denied if {
	input.kind == "request"
	not input.route.access in known
}

law["nothing of a company for those who are not its active members"] := denied if {
	input.kind == "request"
	input.route.access == "module"
	input.member != "active"
}

# Entitlement ∩ grant.

law["nothing without an active base"] := denied if {
	inside
	not resolved
	count(input.bases) == 0
}

law["nothing with two personas at once"] := denied if {
	inside
	count(input.bases) > 1
}

law["the persona is never extended"] := denied if {
	inside
	not resolved
	input.subject.type == "base"
	not input.subject.module in input.bases
}

law["nothing outside the entitlement"] := denied if {
	inside
	not entitled
}

law["nothing outside the grant"] := denied if {
	inside
	not input.granted.module
}

law["nothing without the permission of the route"] := denied if {
	inside
	person
	not input.granted.permission
}

law["a module's permission opens only that module"] := denied if {
	inside
	input.granted.elsewhere
	not input.granted.module
	not input.granted.permission
}

law["what is bought and granted is open"] := allowed if {
	inside
	entitled
	input.granted.module
	may
}

law["adding an add-on or a grant never takes access away"] := count(input.lost) == 0 if allowed

law["what the live auth service has judged is decided by what it lists alone"] := allowed == listed if {
	inside
	resolved
	person
}

# Between modules.

law["a module calls another only to read what was declared and is shared"] := denied if {
	inside
	not person
	not declared
}

law["a module enters no route that belongs to nobody"] := denied if {
	input.kind == "request"
	input.route.access == "authenticated"
	not person
}

# Reasons.

law["an allowance gives no reason"] := input.answer.decision.reason == null if allowed

law["the decision names the first fact against it"] := input.answer.decision.reason == expected[0] if denied

law["every deny has a reason, every allow none"] := (count(input.answer.explanation.reasons) > 0) == denied if {
	input.answer.explanation
}

law["the explanation is the decision's"] := input.answer.explanation.allow == allowed if input.answer.explanation

law["every fact against the request is told, and no other, in order"] := input.answer.explanation.reasons == expected if {
	input.answer.explanation
}

law["the closed list of reasons is the contract's"] := input.answer.reasons == order if input.kind == "reasons"

law["what the contract does not know opens nothing"] := input.answer.opens == false if input.kind == "malformed"

# Capabilities: the laws of access hold of each.

law["a capability is what the explanation of each of its routes says, remedies and all"] := input.answer.agrees if {
	input.kind == "capability"
	input.answer.whole
}

law["every module and every action of the catalog is told, and nothing else"] := input.answer.complete if {
	input.kind == "capabilities"
	input.answer.whole
}

# Layers, for people who ask why.

law["every layer says how it stands, and no other"] := input.answer.layers == layers if {
	input.kind == "layers"
	input.answer.whole
}

law["a layer shows the facts it read, and nothing else"] := input.answer.factual if {
	input.kind == "layers"
	input.answer.whole
}

# What a member can do, and what they may hand on.

law["effective access is what is entitled and granted"] := input.answer.listed == usable if {
	input.kind == "access"
	input.item in {"module", "permission"}
}

law["a role hands on what its bearer has, if it may grant, and nothing else"] := input.answer.grantable == grantable if {
	input.kind == "access"
	input.item in {"module", "permission"}
}

law["only an active member's role counts"] := hands == {"users": input.answer.canManageUsers, "addons": input.answer.canBuyAddons} if {
	input.item == "everything"
	input.answer.whole
}

law["lists are sorted, name nothing twice and nothing unknown"] := input.answer.tidy if {
	input.item == "everything"
	input.answer.whole
}

# The log.

# Kinds of routes whose decisions may be left out, and what may be erased of the others. To agree on more is a change here.
left_out := set()

erased := []

default agreed := false

agreed if input.route.access in left_out

law["no decision is left out of the log but what was agreed"] := input.answer.drop == agreed if {
	input.kind == "log"
	input.answer.whole
}

law["nothing of a logged decision is erased but what was agreed"] := input.answer.mask == erased if {
	input.kind == "log"
	input.answer.whole
}
