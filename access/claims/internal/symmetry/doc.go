// Package symmetry finds users, roles and accounts that differ in nothing but their names, so that what is proven of
// one is told of the others: symmetry reduction, as model checkers call it. It is right because exchanging the names of
// two of one class, in the world and in the intents, gives the same world and the same intents (an automorphism); a
// name that stands anywhere where an exchange could be noticed, such as below a wildcard or in a condition that
// compares numbers, is never exchanged (docs/decisions/0138).
package symmetry
