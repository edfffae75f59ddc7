// Package replay holds recorded calls of AWS, as CloudTrail wrote them down, against service control policies and,
// where that is asked for, against the policies of roles and users: who would have been refused what.
//
// It reads files side by side (run.go), lets package cloudtrail cut and decode the records and package judging answer
// each, and folds the answers (fold.go), so that memory does not grow with the number of events but for the ids by which
// doubles are told.
package replay
