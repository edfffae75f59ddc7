package symmetry

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/wildcard"
)

// general are the patterns that a value can match which is no ARN, in lower case, but for those that match everything.
func (f *likenesses) general() []string {
	var out []string
	for pattern := range f.patterns {
		if lower := strings.ToLower(pattern); !wildcard.OnlyStars(lower) && !strings.HasPrefix(lower, "arn:") {
			out = append(out, lower)
		}
	}
	return out
}

// meets reports whether one of some patterns matches a value, both in lower case.
func meets(patterns []string, value string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return wildcard.Match(pattern, value) })
}

// fragments are the pieces of words of patterns.
type fragments struct {
	begin, end, within map[string]bool
	// all says that a word of a pattern has no letters of its own, and tells names by their lengths.
	all bool
}

// fragments cuts the words of all patterns at their wildcards. A word that is nothing but * tells no names apart.
func (f *likenesses) fragments() *fragments {
	out := &fragments{begin: map[string]bool{}, end: map[string]bool{}, within: map[string]bool{}}
	for pattern := range f.patterns {
		for _, word := range strings.FieldsFunc(strings.ToLower(pattern), func(r rune) bool {
			return r >= 0x80 || !ofNames(byte(r)) && r != '*' && r != '?'
		}) {
			if !strings.ContainsAny(word, "*?") || strings.Trim(word, "*") == "" {
				continue
			}
			out.all = out.all || strings.Trim(word, "*?") == ""
			pieces := strings.FieldsFunc(word, func(r rune) bool { return r == '*' || r == '?' })
			for i, piece := range pieces {
				switch {
				case i == 0 && strings.HasPrefix(word, piece):
					out.begin[piece] = true
				case i == len(pieces)-1 && strings.HasSuffix(word, piece):
					out.end[piece] = true
				default:
					out.within[piece] = true
				}
			}
		}
	}
	return out
}

// meet reports whether a word of a pattern can be matched by a text in which a name is.
func (f *fragments) meet(name string) bool {
	if f.all {
		return true
	}
	for i := range len(name) + 1 {
		if f.begin[name[:i]] || f.end[name[i:]] {
			return true
		}
	}
	for piece := range f.within {
		if strings.Contains(name, piece) {
			return true
		}
	}
	return false
}
