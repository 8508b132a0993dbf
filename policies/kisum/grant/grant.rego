# METADATA
# title: Grant
# description: What the membership was given. A tenant role grants nothing by itself.
package kisum.grant

import data.kisum.route
import data.kisum.subject

# METADATA
# description: The user may enter the module.
# scope: document
default module := false

module if subject.module in input.access.modules

# METADATA
# description: The user may do what the route does. A route without a permission is nobody's.
# scope: document
default permission := false

permission if route.entry.permission in input.access.permissions
