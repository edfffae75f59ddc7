package policy

import (
	"strings"
)

// ARNResource is the part of an ARN after the fifth colon.
func ARNResource(arn string) string {
	for range ARNParts - 1 {
		_, rest, found := strings.Cut(arn, ":")
		if !found {
			return ""
		}
		arn = rest
	}
	return arn
}

// ARNParts is the number of parts of an ARN: arn, partition, service, Region, account, resource.
const ARNParts = 6

// ARNText is an ARN that was taken apart once, to be compared with many patterns.
type ARNText struct {
	Text  string
	Parts [ARNParts]string
	// colons is the number of colons in the text, at most six of which matter.
	Colons int
}

// SplitARN takes a text apart; one that is no ARN has fewer than five colons.
func SplitARN(text string) ARNText {
	a := ARNText{Text: text}
	start := 0
	for i := range len(text) {
		if text[i] != ':' {
			continue
		}
		if a.Colons < ARNParts-1 {
			a.Parts[a.Colons] = text[start:i]
			start = i + 1
		}
		a.Colons++
	}
	if a.Colons >= ARNParts-1 {
		a.Parts[ARNParts-1] = text[start:]
	}
	return a
}

// IsARN reports whether a value has the six parts of an ARN.
func IsARN(value string) bool {
	return strings.HasPrefix(value, "arn:") && strings.Count(value, ":") >= ARNParts-1
}

// SplitEntity splits the ARN of a user or role.
func SplitEntity(arn string) (kind, path, name string) {
	parsed, err := ParseARN(arn)
	if err != nil {
		return "", "", arn
	}
	kind, path, name, _ = parsed.Entity()
	return kind, path, name
}

// ARNPart is a part of an ARN, counted from zero; "" when there is none.
func ARNPart(arn string, part int) string {
	for range part {
		_, rest, found := strings.Cut(arn, ":")
		if !found {
			return ""
		}
		arn = rest
	}
	text, _, _ := strings.Cut(arn, ":")
	return text
}

func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// EqualFoldASCII compares action names and condition keys, which are ASCII.
func EqualFoldASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
