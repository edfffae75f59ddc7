package explain

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"aws-access-guardrails/access/expect"
)

// flagNames are the flags of the question by the fields of an expectation whose names are others.
var flagNames = map[string]string{
	"mfaAge":        "mfa-age",
	"sessionName":   "session-name",
	"sessionTags":   "session-tag",
	"on.region":     "region",
	"on.volumeKeys": "volume-key",
}

// flagOf is the flag by which a field of an expectation is given. A field without a flag keeps its name.
func flagOf(field string) string {
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
	return "--" + name
}

// toWrite finds what an error tells to write in the words of an expectation: a field with its value, or a field.
var toWrite = regexp.MustCompile(`\bsession: |\b(?:via|do|opens)\b`)

// inFlags is an error about an expectation in the words of the command line.
func inFlags(err error) error {
	field, why := expect.FieldOf(err)
	text := toWrite.ReplaceAllStringFunc(why.Error(), func(field string) string {
		return "--" + strings.ReplaceAll(field, ":", "")
	})
	if field == "" {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %s", flagOf(field), text)
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
