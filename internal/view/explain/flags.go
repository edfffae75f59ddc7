package explain

import (
	"errors"
	"fmt"
	"strings"
)

// flagNames are the flags of the question by the fields of an expectation whose names are others.
var flagNames = map[string]string{
	"mfaAge":        "mfa-age",
	"sessionName":   "session-name",
	"sessionTags":   "session-tag",
	"on.region":     "region",
	"on.volumeKeys": "volume-key",
}

// flagOf is the flag by which a field of an expectation is given, with a value or without. A field without a flag keeps
// its name.
func flagOf(field, value string) string {
	name, known := flagNames[field]
	if !known {
		name, _, _ = strings.Cut(field, ".")
	}
	if below, ofPerson := strings.CutPrefix(field, "as."); ofPerson {
		name += ": " + below // The flag describes the person.
	}
	if name == "account" {
		return field // The stack says it.
	}
	if value != "" {
		name += " " + value
	}
	return "--" + name
}

// inAs are the errors about the person that --as describes.
func inAs(err error) error {
	all := []error{err}
	if joined, several := err.(interface{ Unwrap() []error }); several {
		all = joined.Unwrap()
	}
	for i := range all {
		all[i] = fmt.Errorf("--as: %w", all[i])
	}
	return errors.Join(all...)
}
