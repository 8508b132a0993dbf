# METADATA
# title: Decision
# description: The hot path. The first layer that fails, or none.
package kisum.decision

import data.kisum.call
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

else := _refuse("no_active_base") if count(entitlement.bases) == 0

else := _refuse("multiple_bases") if count(entitlement.bases) > 1

else := _refuse(subject.standing) if subject.standing != "entitled"

else := _refuse("module_not_granted") if not grant.module

else := _refuse("permission_missing") if _permission_missing

else := _refuse("call_not_declared") if _call_not_declared

else := {"allow": true, "reason": null} if {
	subject.standing == "entitled"
	grant.module
	_action_allowed
}

_refuse(reason) := {"allow": false, "reason": reason}

_permission_missing if {
	subject.is_person
	not grant.permission
}

_call_not_declared if {
	not subject.is_person
	not call.declared
}

_action_allowed if {
	subject.is_person
	grant.permission
}

_action_allowed if {
	not subject.is_person
	call.declared
}
