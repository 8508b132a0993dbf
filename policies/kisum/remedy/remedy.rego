# METADATA
# title: Remedy
# description: What the tenant could change so that this request is allowed.
package kisum.remedy

import data.kisum.call
import data.kisum.entitlement
import data.kisum.grant
import data.kisum.membership
import data.kisum.purchase
import data.kisum.route
import data.kisum.subject

# METADATA
# description: >-
#   The changes that are needed and together enough, in the order they are made. Empty when nothing is missing, and when
#   no change of the tenant's would help.
# scope: document
# entrypoint: true
default remedies := []

remedies := array.flatten([_joining, entering(subject.module), _permitting]) if {
	route.access == "module"
	input.authenticated == true
	_doable
}

# METADATA
# scope: document
# description: Who is told. A member may know what their own company lacks; a module and a stranger are told nothing.
default visible := false

visible if {
	membership.active
	subject.is_person
}

# METADATA
# description: What lets a member into a module; undefined where nothing does, or where nobody knows what was bought.
entering(module) := array.concat(purchase.parts(module), _granting(module)) if not entitlement.resolved

# METADATA
# description: What gives a member a permission.
permitting(permission) := [] if grant.may(permission)

else := [_admin({"type": "grant_permission", "permission": permission})]

# What only a developer can change is nobody's remedy: a route without a permission, an undeclared read.
_doable if {
	subject.is_person
	is_string(route.entry.permission)
}

_doable if call.declared

_admin(change) := object.union(change, {"who": "tenant admin"})

_joining := [] if membership.active

else := [_admin({"type": "activate_membership"})] if membership.present

else := [_admin({"type": "add_member"})]

_granting(module) := [] if grant.enters(module)

else := [_admin({"type": "grant_module", "module": module})]

_permitting := [] if not subject.is_person

else := permitting(route.entry.permission)
