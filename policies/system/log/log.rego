# METADATA
# title: Decision log
# description: >-
#   What of a decision is logged. It may look at the route, the caller and the result, never at a user or a company, and
#   may erase who asked; the facts, the result and the policy's revision always stay, or nothing could be decided again.
# scope: package
# schemas:
#   - input: schema.log
#   - data.catalog: schema.catalog
package system.log

import data.kisum.route

# Decisions on routes of this kind are left out of the log.
_dropped := {"public": false, "authenticated": false, "module": false, "unknown": false}

# What is erased from a logged decision.
_erased := {"/subject/user_id": false, "/subject/company_id": false, "/req_id": false}

# METADATA
# description: "`{drop, mask}`: what the log does with this decision."
# entrypoint: true
treatment := {"drop": drop, "mask": sort(mask)}

# METADATA
# description: The decision is not logged, only counted.
# scope: document
default drop := false

drop if _dropped[route.access]

# METADATA
# description: JSON pointers of what is erased.
mask contains pointer if {
	some pointer, erased in _erased
	erased
}
