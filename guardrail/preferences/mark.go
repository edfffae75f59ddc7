package preferences

import "regexp"

// afterMark ends the description of a content that followed another one.
var afterMark = regexp.MustCompile(` \(after [0-9a-f]{12}\)$`)

// Unmarked is a description without the mark that tells a content from those that it follows, such as
// "Preferences (after 0123456789ab)". Any other text stays as it is.
func Unmarked(description string) string { return afterMark.ReplaceAllString(description, "") }
