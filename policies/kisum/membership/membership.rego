# METADATA
# title: Membership
# description: Whether the user belongs to the company.
package kisum.membership

# METADATA
# description: There is a membership, in whatever state.
# scope: document
default present := false

present if input.access.membership.status != null

# METADATA
# description: The membership stands.
# scope: document
default active := false

active if input.access.membership.status == "active"

# METADATA
# description: "`active`, or the reason why not."
standing := "active" if active

else := "membership_inactive" if present

else := "no_membership"
