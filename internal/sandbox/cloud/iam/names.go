package iam

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/internal/sandbox/cloud/api"
)

var (
	iamName         = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]+$`)
	iamPath         = regexp.MustCompile(`^(/|/[\x21-\x7e]+/)$`)
	DescriptionText = regexp.MustCompile(`^[\x09\x0a\x0d\x20-\x7e\x{00a1}-\x{00ff}]*$`)
)

// checkName refuses what IAM refuses as a name. The field is the name of the parameter.
func checkName(field, name string, limit int) error {
	switch {
	case name == "":
		return api.Invalid("1 validation error detected: Value '' at '%s' failed to satisfy constraint: "+
			"Member must have length greater than or equal to 1", field)
	case utf8.RuneCountInString(name) > limit:
		return api.Invalid(
			"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
			name,
			field,
			limit,
		)
	case !iamName.MatchString(name):
		return api.Invalid(
			"The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
			field,
		)
	}
	return nil
}

func checkPath(path string) error {
	switch {
	case len(path) > 512:
		return api.Invalid(
			"1 validation error detected: Value '%s' at 'path' failed to satisfy constraint: Member must have length less than or equal to 512",
			path,
		)
	case !iamPath.MatchString(path) || strings.Contains(path, "//"):
		return api.Invalid(
			"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
		)
	}
	return nil
}

func checkDescription(text string) error {
	switch {
	case utf8.RuneCountInString(text) > 1000:
		return api.Invalid(
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000",
		)
	case !DescriptionText.MatchString(text):
		return api.Invalid(
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: " +
				"[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
		)
	}
	return nil
}

// withTags returns the tags with others added, as IAM keeps them: keys differ by more than case, the case is the one
// written first.
func withTags(tags, added map[string]string) (map[string]string, error) {
	out := maps.Clone(tags)
	if out == nil {
		out = map[string]string{}
	}
	if err := api.CheckTags(added, true); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(added)) {
		value := added[key]
		for existing := range out {
			if strings.EqualFold(existing, key) {
				key = existing
			}
		}
		out[key] = value
	}
	if len(out) > api.TagsPerResource {
		return nil, limitExceeded("Cannot exceed quota for TagsPerResource: %d", api.TagsPerResource)
	}
	return out, nil
}

// withoutTags returns the tags without the keys; a key that is not there is no error.
func withoutTags(tags map[string]string, keys []string) map[string]string {
	out := maps.Clone(tags)
	maps.DeleteFunc(out, func(key, _ string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
	})
	return out
}
