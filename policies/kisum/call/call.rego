# METADATA
# title: Call
# description: A module reads a base module's shared data for a user. Every other call between modules is refused.
package kisum.call

import data.kisum.taxonomy

_reading := {"GET": true, "HEAD": true}

# METADATA
# description: The calling module declared this read, and the owner shares what is read.
default declared := false

declared if {
	_reading[input.caller.method]
	input.caller.same_company == true
	route := data.catalog.routes[input.route]
	route.access == "module"
	route.method == "GET"
	route.module != input.caller.module
	taxonomy.is_base(route.module)
	entity := data.catalog.entities[route.entity]
	entity.shared == true
	entity.module == route.module
	data.catalog.reads[input.caller.module][route.entity] == true
}
