# METADATA
# title: Explain
# description: Every layer that fails, for people. It repeats the decision and never replaces it.
package kisum.explain

import data.kisum.action
import data.kisum.decision
import data.kisum.entitlement
import data.kisum.entry
import data.kisum.grant
import data.kisum.reasons
import data.kisum.remedy
import data.kisum.subject

# METADATA
# description: >-
#   `{allow, reasons, remedies}`, reasons in order of precedence, the first is the decision's; remedies only for those
#   who may see them.
# entrypoint: true
explanation := {"allow": decision.decision.allow, "reasons": _reasons, "remedies": _remedies}

_remedies := remedy.remedies if remedy.visible

else := []

_reasons := [] if entry.verdict == "open"

else := [entry.verdict] if entry.verdict != "judged"

else := [reason | some reason in reasons.order; _standings[reason]]

# Words that are no reason (`one`, `entitled`, `unjudged`, `allowed`) are not in the closed list and drop out.
_standings contains entitlement.base_standing

_standings contains subject.standing

_standings contains "module_not_granted" if not grant.module

_standings contains action.standing
