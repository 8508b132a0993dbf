# METADATA
# title: Entry
# description: >-
#   The doors in front of the layers. Whoever is stopped here is told that one reason and nothing else.
package kisum.entry

import data.kisum.membership
import data.kisum.route
import data.kisum.subject

# METADATA
# description: "`open` (no layer applies), `judged` (the layers decide), or the reason that stands alone."
# scope: document
default verdict := "route_unknown"

verdict := "open" if route.access == "public"

verdict := _with_token if route.access == "authenticated"

verdict := _with_company if route.access == "module"

# Such a route belongs to no module: there is nothing a module could have declared to read.
_with_token := "no_membership" if not _authenticated

else := "open" if subject.is_person

else := "call_not_declared"

_with_company := "no_membership" if not _authenticated

else := "judged" if membership.active

else := membership.standing

_authenticated if input.authenticated == true
