package words

import (
	"strings"
	"unicode"
)

// OfSid makes a sentence of a Sid, which is one without spaces: "DenyAllButMFA" is "Deny all but MFA".
func OfSid(sid string) string {
	runes := []rune(sid)
	var words []string
	start := 0
	for i := 1; i < len(runes); i++ {
		after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if unicode.IsUpper(runes[i]) && (!unicode.IsUpper(runes[i-1]) || after) {
			words = append(words, string(runes[start:i]))
			start = i
		}
	}
	words = append(words, string(runes[start:]))
	for i := range words {
		if i > 0 && len(words[i]) > 1 && strings.ToUpper(words[i]) != words[i] || i > 0 && words[i] == "A" {
			words[i] = strings.ToLower(words[i])
		}
	}
	return strings.Join(words, " ")
}
