// Package replay holds recorded calls of AWS, as CloudTrail wrote them down, against service control policies and,
// where that is asked for, against the policies of roles and users: who would have been refused what.
//
// It reads (read*.go), makes a request of each event (event.go, names.go, resources.go, facts.go), asks the engine
// (engine.go is the only file that does), and folds the answers (fold.go), so that memory does not grow with the
// number of events but for the ids by which doubles are told.
//
// What CloudTrail does not record is not known, and is never guessed: the engine answers over every value that it can
// have.
package replay
