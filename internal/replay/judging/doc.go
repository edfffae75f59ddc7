// Package judging says what would have become of a recorded call. It makes a request of an event: who called
// (caller.go), what (names.go), on what (resources.go), with which condition keys (facts.go); and asks the engine
// (engine.go is the only file that does).
//
// What CloudTrail does not record is not known, and is never guessed: the engine answers over every value that it can
// have.
package judging
