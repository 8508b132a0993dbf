/** How an entity is said on the command line. */
export const ENTITY_GRAMMAR = `An entity:  <name>[/<plural>][!shared][!unit][:<field>=<type>[?][!filter],…]
  ?         may be left out       !filter  a list can be narrowed by it       !shared  other modules may read it
  !unit     each row belongs to a business unit; who is limited to others sees none of it
Types:      text  text(80)  integer  integer(1..10)  money  currency  date  moment  boolean  choice(a|b)
            open|signed   a state, any may follow         open>signed     a state, each only by the one before
            booking       refers to an entity of its own  promoter.event  refers to one that --reads declares`;
