# METADATA
# title: Entitlement
# description: >-
#   What the company bought: exactly one active base or nothing, add-ons on top of it, and never a second persona.
package kisum.entitlement

import data.kisum.taxonomy

_alive := {"active": true, "trial": true, "past_due": true}

# METADATA
# description: The subscription or add-on counts now. Past due is grace until its period ends.
active(period) if {
	period.started == true
	period.ended == false
	_alive[period.status]
}

# METADATA
# description: The personas the company pays for now. One is right; none or several is a refusal of its own.
bases contains module if {
	some subscription in input.access.subscriptions
	active(subscription)
	some module, _ in data.catalog.packages[subscription.package].modules
	taxonomy.is_base(module)
}

# METADATA
# description: >-
#   Auth has judged already: what is granted is entitled as well, and what was bought is not known.
# scope: document
default resolved := false

resolved if input.access.resolved == true

# METADATA
# description: "`one`, or the reason why there is no persona to speak of."
base_standing := "one" if resolved

else := "one" if base != null

else := "no_active_base" if count(bases) == 0

else := "multiple_bases"

# METADATA
# description: The one persona, `null` when there is none or more than one.
# scope: document
default base := null

base := module if {
	count(bases) == 1
	some module in bases
}

# METADATA
# description: >-
#   Where the company stands towards a module: `entitled`, the reason why not, or `unjudged` when only the missing
#   or doubled base stands in the way, which has a reason of its own.
standing(module) := _addon_standing(module) if taxonomy.is_addon(module)

else := _base_standing(module) if taxonomy.is_base(module)

else := "module_unknown"

_base_standing(module) := "entitled" if resolved

else := "unjudged" if base == null

else := "entitled" if module == base

else := "module_not_entitled"

_addon_standing(module) := "entitled" if resolved

else := "entitled" if _sold(module)

else := "unjudged" if {
	base == null
	_provided(module)
}

else := "base_incompatible" if _provided(module)

else := "entitlement_expired" if _lapsed(module)

else := "module_not_entitled"

_sold(module) if {
	base != null
	some row in input.access.addons
	addon := data.catalog.addons[row.addon]
	addon.modules[module]
	active(row)
	_fits(addon)
}

else if {
	base != null
	_bundled(module)
}

_fits(addon) if not addon.bases

else if addon.bases[base]

_provided(module) if _bundled(module)

_provided(module) if {
	some row in input.access.addons
	data.catalog.addons[row.addon].modules[module]
	active(row)
}

# A package may bundle add-on modules; what it bundles is sold with it, whatever the base.
_bundled(module) if {
	some row in input.access.subscriptions
	data.catalog.packages[row.package].modules[module]
	active(row)
}

_lapsed(module) if {
	some row in input.access.addons
	_over(row)
	data.catalog.addons[row.addon].modules[module]
}

_lapsed(module) if {
	some row in input.access.subscriptions
	_over(row)
	data.catalog.packages[row.package].modules[module]
}

_over(period) if period.ended == true

_over(period) if period.status == "expired"
