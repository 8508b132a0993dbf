# METADATA
# title: Grant
# description: What the membership was given. A tenant role grants nothing by itself.
package kisum.grant

import data.kisum.subject

# METADATA
# description: The user may enter a module.
enters(module) if module in input.access.modules

# METADATA
# description: The user may do what a permission stands for.
may(permission) if permission in input.access.permissions

# METADATA
# description: The user may enter the module in question.
# scope: document
default module := false

module if enters(subject.module)
