package cloud

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	iamName        = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]+$`)
	iamPath        = regexp.MustCompile(`^(/|/[\x21-\x7e]+/)$`)
	iamDescription = regexp.MustCompile(`^[\x09\x0a\x0d\x20-\x7e\x{00a1}-\x{00ff}]*$`)
	tagText        = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

// checkName refuses what IAM refuses as a name. The field is the name of the parameter.
func checkName(field, name string, limit int) error {
	switch {
	case name == "":
		return invalid("1 validation error detected: Value '' at '%s' failed to satisfy constraint: "+
			"Member must have length greater than or equal to 1", field)
	case utf8.RuneCountInString(name) > limit:
		return invalid(
			"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
			name,
			field,
			limit,
		)
	case !iamName.MatchString(name):
		return invalid(
			"The specified value for %s is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
			field,
		)
	}
	return nil
}

func checkPath(path string) error {
	switch {
	case len(path) > 512:
		return invalid(
			"1 validation error detected: Value '%s' at 'path' failed to satisfy constraint: Member must have length less than or equal to 512",
			path,
		)
	case !iamPath.MatchString(path) || strings.Contains(path, "//"):
		return invalid(
			"The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
		)
	}
	return nil
}

func checkDescription(text string) error {
	switch {
	case utf8.RuneCountInString(text) > 1000:
		return invalid(
			"1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000",
		)
	case !iamDescription.MatchString(text):
		return invalid(
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
	if err := checkTags(added, true); err != nil {
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
	if len(out) > quotas.tags {
		return nil, limitExceeded("Cannot exceed quota for TagsPerResource: %d", quotas.tags)
	}
	return out, nil
}

// checkTags refuses tags outside AWS's characters and lengths and, where case does not tell keys apart, two keys that
// differ by case.
func checkTags(tags map[string]string, ignoreCase bool) error {
	seen := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		value := tags[key]
		switch {
		case key == "" || utf8.RuneCountInString(key) > 128:
			return invalid(
				"1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: "+
					"Member must have length between 1 and 128",
				key,
			)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return refuse(
				http.StatusBadRequest,
				"InvalidInput",
				"Tag keys starting with 'aws:' are reserved for internal use: %s",
				key,
			)
		case !tagText.MatchString(key):
			return invalid(
				`1 validation error detected: Value '%s' at 'tags.member.key' failed to satisfy constraint: `+
					`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+`,
				key,
			)
		case utf8.RuneCountInString(value) > 256:
			return invalid("1 validation error detected: Value at 'tags.member.value' failed to satisfy constraint: "+
				"Member must have length less than or equal to 256 (key %s)", key)
		case !tagText.MatchString(value):
			return invalid(
				`1 validation error detected: Value '%s' at 'tags.member.value' failed to satisfy constraint: `+
					`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
				value,
			)
		}
		if ignoreCase && seen[strings.ToLower(key)] {
			return refuse(
				http.StatusBadRequest,
				"InvalidInput",
				"Duplicate tag keys found. Please note that Tag keys are case insensitive.",
			)
		}
		seen[strings.ToLower(key)] = true
	}
	return nil
}

// withoutTags returns the tags without the keys; a key that is not there is no error.
func withoutTags(tags map[string]string, keys []string) map[string]string {
	out := maps.Clone(tags)
	maps.DeleteFunc(out, func(key, _ string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
	})
	return out
}
