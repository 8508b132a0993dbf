# METADATA
# title: Call
# description: A module reads a base module's shared data for a user. Every other call between modules is refused.
package kisum.call

import data.kisum.route
import data.kisum.taxonomy

_reading := {"GET": true, "HEAD": true}

# METADATA
# description: The calling module declared this read, and the owner shares what is read.
# scope: document
default declared := false

declared if {
	_reading[input.caller.method]
	input.caller.same_company == true
	route.access == "module"
	called := route.entry
	called.method == "GET"
	called.module != input.caller.module
	taxonomy.is_base(called.module)
	entity := data.catalog.entities[called.entity]
	entity.shared == true
	entity.module == called.module
	data.catalog.reads[input.caller.module][called.entity] == true
}
