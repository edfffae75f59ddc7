// Package domain finds a value of one condition key with which some conditions hold and others do not: the theory
// solver of the search, in the words of satisfiability modulo theories. The search decides which conditions must come
// out how; this package decides each key by itself, and knows nothing of callers, statements or policies.
//
// It is right because the conditions on a key divide its values into classes that no condition tells apart (the
// regions, or minterms, of its predicates), and because it has a representative of every class: the table of kinds
// says for each kind of value why. Where it does not, it says that it gave up, and never that there is no value.
package domain
