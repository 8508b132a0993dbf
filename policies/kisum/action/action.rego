# METADATA
# title: Action
# description: What is done once inside the module. A person needs a permission, a module a declared read.
package kisum.action

import data.kisum.call
import data.kisum.grant
import data.kisum.route
import data.kisum.subject

# METADATA
# description: "`allowed`, or the reason why not."
standing := _person if subject.is_person

else := _module

# METADATA
# description: The same of a person and any permission.
person(permission) := "allowed" if grant.may(permission)

else := "permission_missing"

# A route without a permission is nobody's.
default _person := "permission_missing"

_person := person(route.entry.permission)

_module := "allowed" if call.declared

else := "call_not_declared"
