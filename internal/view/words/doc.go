// Package words has the words that several views share: how a Sid, an ARN, teams and a length of time are said.
package words
