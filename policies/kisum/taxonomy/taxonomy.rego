# METADATA
# title: Taxonomy
# description: A module is a base (the company's persona) or an add-on, and nothing else.
package kisum.taxonomy

# METADATA
# description: The module is a persona.
is_base(module) if data.catalog.modules[module].type == "base"

# METADATA
# description: The module is sold on top of a persona.
is_addon(module) if data.catalog.modules[module].type == "addon"
