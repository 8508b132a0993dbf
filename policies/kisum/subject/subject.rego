# METADATA
# title: Subject
# description: >-
#   The module that must be bought and granted: the route's own for a person, the calling one for a module.
package kisum.subject

import data.kisum.entitlement
import data.kisum.route

# METADATA
# description: A person asks, not a module. Only an explicit `null` says so.
# scope: document
default is_person := false

is_person if is_null(input.caller)

# METADATA
# description: Key of the module, `null` when the catalog names none.
# scope: document
default module := null

module := route.entry.module if is_person

else := input.caller.module

# METADATA
# description: Where the company stands towards that module, see `kisum.entitlement.standing`.
standing := entitlement.standing(module)
