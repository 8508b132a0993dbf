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

else := reasons.told(_standings)

_standings := standings(subject.module) | {action.standing}

# METADATA
# description: How a member stands towards a module, in words, those that are no reason among them.
standings(module) := {entitlement.base_standing, entitlement.standing(module)} | _not_granted(module)

_not_granted(module) := {"module_not_granted" | not grant.enters(module)}
