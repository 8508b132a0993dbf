# METADATA
# title: Kisum access policy
# description: >-
#   effective access = company entitlements ∩ membership grants. This file gives the whole tree its schemas;
#   the rules live one package per layer below it.
# scope: subpackages
# schemas:
#   - input: schema.input
#   - data.catalog: schema.catalog
package kisum
