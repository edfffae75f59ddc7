package wording

import (
	"strings"
)

// JoinWords lists words: "a, b or c".
func JoinWords[T ~string](words []T, last string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return string(words[0])
	}
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == len(words)-1:
			b.WriteString(" " + last + " ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
