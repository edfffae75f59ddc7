// Package words has the words for what was found out: how a person, a role, a way in, a Sid, an ARN and a length of time
// are said. The views have it, and what compares two stands in the same words.
package words
