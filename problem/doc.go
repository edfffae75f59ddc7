// Package problem is how everything in this module says what is wrong: a path in the words of the stack file, the
// value, why, and what to write instead. It is the only type of errors about what somebody wrote. A List has all
// problems of a value at once, in the order of its fields, or of a file, in the order of its lines.
package problem
