// Package change says what a change of stack files means for people: who gains what, who loses what, as which OS
// user, until when, and by which journey.
//
// It compares two sides: the stack files of a folder as they are, and those of a revision of git or what is deployed
// (package against reads them).
// It never says that no one gains or loses unless that is so: what it cannot compare, it lists as not compared. It
// decides nothing that access does not decide, and changes nothing.
package change
