# METADATA
# title: Route
# description: What the catalog says about the route that is asked for.
package kisum.route

_kinds := {"public": true, "authenticated": true, "module": true}

# METADATA
# description: The catalog's entry; undefined when there is none.
entry := data.catalog.routes[input.route]

# METADATA
# description: Who may enter. A route that is not in the catalog, or of a kind nobody knows, is `unknown`.
# scope: document
default access := "unknown"

access := kind if {
	kind := entry.access
	_kinds[kind]
}
