# METADATA
# title: Explain
# description: Every layer that fails, for people. It repeats the decision and never replaces it.
package kisum.explain

import data.kisum.call
import data.kisum.decision
import data.kisum.entitlement
import data.kisum.entry
import data.kisum.grant
import data.kisum.reasons
import data.kisum.subject

# METADATA
# description: "`{allow, reasons}`, reasons in order of precedence; the first is the decision's."
# entrypoint: true
explanation := {"allow": decision.decision.allow, "reasons": _reasons}

_reasons := [] if entry.verdict == "open"

else := [entry.verdict] if entry.verdict != "judged"

else := [reason | some reason in reasons.order; _failing[reason]]

_failing["no_active_base"] if count(entitlement.bases) == 0

_failing["multiple_bases"] if count(entitlement.bases) > 1

_failing[subject.standing] := true

_failing["module_not_granted"] if not grant.module

_failing["permission_missing"] if {
	subject.is_person
	not grant.permission
}

_failing["call_not_declared"] if {
	not subject.is_person
	not call.declared
}
