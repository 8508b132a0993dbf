# METADATA
# title: Action
# description: What is done once inside the module. A person needs a permission, a module a declared read.
package kisum.action

import data.kisum.call
import data.kisum.grant
import data.kisum.subject

# METADATA
# description: "`allowed`, or the reason why not."
standing := _person if subject.is_person

else := _module

_person := "allowed" if grant.permission

else := "permission_missing"

_module := "allowed" if call.declared

else := "call_not_declared"
