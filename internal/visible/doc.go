// Package visible makes text harmless for who reads it. What a stack file says is printed on terminals, in logs of CI
// systems and in comments on pull requests; there a control character moves the cursor, a carriage return hides what
// stood before it, a new line forges a line of its own, and a character that changes the direction of text makes it
// read as something else. They are shown as escapes: \u001b for an escape character.
package visible
