package kisum.taxonomy_test

import data.kisum.taxonomy
import data.kisum_test as fixture

test_a_module_is_base_or_addon if {
	taxonomy.is_base("venue") with data.catalog as fixture.catalog
	not taxonomy.is_addon("venue") with data.catalog as fixture.catalog
	taxonomy.is_addon("ai") with data.catalog as fixture.catalog
	not taxonomy.is_base("ai") with data.catalog as fixture.catalog
}

test_an_unknown_module_is_neither if {
	every module in ["circus", "", null] {
		not taxonomy.is_base(module) with data.catalog as fixture.catalog
		not taxonomy.is_addon(module) with data.catalog as fixture.catalog
	}
}
