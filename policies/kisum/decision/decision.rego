# METADATA
# title: Decision
# description: The hot path. The first layer that fails, or none.
package kisum.decision

import data.kisum.action
import data.kisum.entitlement
import data.kisum.entry
import data.kisum.grant
import data.kisum.subject

# METADATA
# description: >-
#   `{allow, reason}`. The allowance at the end stands on positive facts alone: where neither a refusal nor it can be
#   proven, the answer is undefined, and undefined is a failure of the engine, never an allowance.
# entrypoint: true
decision := {"allow": true, "reason": null} if entry.verdict == "open"

else := _refuse(entry.verdict) if entry.verdict != "judged"

else := _refuse(entitlement.base_standing) if entitlement.base_standing != "one"

else := _refuse(subject.standing) if subject.standing != "entitled"

else := _refuse("module_not_granted") if not grant.module

else := _refuse(action.standing) if action.standing != "allowed"

else := {"allow": true, "reason": null} if {
	entitlement.base_standing == "one"
	subject.standing == "entitled"
	grant.module
	action.standing == "allowed"
}

_refuse(reason) := {"allow": false, "reason": reason}
