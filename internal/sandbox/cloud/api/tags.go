package api

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var tagText = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// CheckTags refuses tags outside AWS's characters and lengths and, where case does not tell keys apart, two keys that
// differ by case.
func CheckTags(tags map[string]string, ignoreCase bool) error {
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		switch {
		case key == "" || utf8.RuneCountInString(key) > 128:
			return Invalid(
				"1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: "+
					"Member must have length between 1 and 128",
				key,
			)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return Refuse(
				http.StatusBadRequest,
				"InvalidInput",
				"Tag keys starting with 'aws:' are reserved for internal use: %s",
				key,
			)
		case !tagText.MatchString(key):
			return Invalid(
				`1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: `+
					`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
				key,
			)
		case utf8.RuneCountInString(value) > 256:
			return Invalid("1 validation error detected: Value at 'tags.member.value' failed to satisfy constraint: "+
				"Member must have length less than or equal to 256 (key %s)", key)
		case !tagText.MatchString(value):
			return Invalid(
				`1 validation error detected: Value '%s' at 'tags.member.value' failed to satisfy constraint: `+
					`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
				value,
			)
		}
		if ignoreCase && seen[strings.ToLower(key)] {
			return Refuse(
				http.StatusBadRequest,
				"InvalidInput",
				"Duplicate tag keys found. Please note that Tag keys are case insensitive.",
			)
		}
		seen[strings.ToLower(key)] = true
	}
	return nil
}
