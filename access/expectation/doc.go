// Package expectation is what an admin expects of an account, as values: one journey each, and how it must end. Package
// expect says which parts of one go together, and whether what is expected is so.
package expectation
