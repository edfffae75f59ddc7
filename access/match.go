package access

import (
	"strings"
	"unicode/utf8"
)

// Match reports whether value matches pattern. In the pattern * stands for any run of characters, also none, and ? for exactly one
// character; everything else, "${...}" included, is literal and case matters.
func Match(pattern, value string) bool {
	var buf [maxStackTokens]token
	return matchTokens(appendGlob(buf[:0], pattern, true), value, false)
}

// MatchAction reports whether an action such as "ssm:StartSession" matches a pattern of an Action element. Case does not matter.
func MatchAction(pattern, action string) bool {
	var buf [maxStackTokens]token
	return matchTokens(appendGlob(buf[:0], pattern, true), action, true)
}

// MatchARN reports whether an ARN matches a pattern as the operators ArnLike and ArnEquals compare them: each of the six parts between
// colons on its own, so that no wildcard reaches over a colon; only the last part may hold colons. The pattern "*" matches every ARN.
// A value that is not an ARN matches nothing, and a pattern that is none is matched by nothing.
func MatchARN(pattern, arn string) bool {
	if onlyStars(pattern) {
		return isARN(arn)
	}
	if !strings.HasPrefix(pattern, "arn:") {
		return false
	}
	for range arnParts - 1 {
		part, restOfPattern, ok := strings.Cut(pattern, ":")
		value, restOfARN, also := strings.Cut(arn, ":")
		if !ok || !also || !Match(part, value) {
			return false
		}
		pattern, arn = restOfPattern, restOfARN
	}
	return Match(pattern, arn)
}

// MatchResource reports whether an ARN matches a pattern of a Resource element. It differs from MatchARN in one rule: a * that ends a
// part may run on beyond the colon. The pattern "*" matches everything, also the resource "*" of actions that have none.
//
// Source: IAM User Guide, IAM JSON policy elements: Resource, "Using wildcards in resource ARNs".
func MatchResource(pattern, arn string) bool {
	if onlyStars(pattern) {
		return true
	}
	if strings.Count(pattern, ":") >= arnParts-1 && strings.Count(arn, ":") == arnParts-1 {
		return MatchARN(pattern, arn)
	}
	p, err := splitARNPattern(pattern, policyText)
	return err == nil && p.match(arn, true, nil)
}

func onlyStars(pattern string) bool { return pattern != "" && strings.Trim(pattern, "*") == "" }

// maxStackTokens bounds the tokens of a pattern that are matched without allocating; longer patterns work and allocate.
const maxStackTokens = 16

type tokenKind uint8

const (
	tokenLiteral tokenKind = iota
	tokenAny               // *
	tokenOne               // ?
	tokenVariable
)

// token is a piece of a pattern. A variable is replaced by a literal before matching, so that its value is never read as a pattern.
type token struct {
	kind tokenKind
	text string
	// key, fallback: of a variable.
	key         *key
	fallback    string
	hasFallback bool
}

// appendGlob splits a pattern without variables.
func appendGlob(tokens []token, pattern string, wildcards bool) []token {
	if !wildcards {
		if pattern != "" {
			tokens = append(tokens, token{text: pattern})
		}
		return tokens
	}
	for pattern != "" {
		at := strings.IndexAny(pattern, "*?")
		if at < 0 {
			return append(tokens, token{text: pattern})
		}
		if at > 0 {
			tokens = append(tokens, token{text: pattern[:at]})
		}
		if pattern[at] == '?' {
			tokens = append(tokens, token{kind: tokenOne})
		} else if len(tokens) == 0 || tokens[len(tokens)-1].kind != tokenAny {
			tokens = append(tokens, token{kind: tokenAny})
		}
		pattern = pattern[at+1:]
	}
	return tokens
}

// matchTokens matches literals and wildcards against the whole value. It looks back to the last * only, so it takes at most
// len(tokens)*len(value) steps.
func matchTokens(tokens []token, value string, fold bool) bool {
	t, v := 0, 0
	star, starAt := -1, 0
	for {
		if t < len(tokens) {
			switch tok := &tokens[t]; tok.kind {
			case tokenAny:
				if t == len(tokens)-1 {
					return true
				}
				star, starAt = t, v
				t++
				continue
			case tokenOne:
				if v < len(value) {
					v += runeLen(value[v:])
					t++
					continue
				}
			case tokenLiteral:
				if hasPrefix(value[v:], tok.text, fold) {
					v += len(tok.text)
					t++
					continue
				}
			case tokenVariable:
				return false
			}
		} else if v == len(value) {
			return true
		}
		if star < 0 || starAt >= len(value) {
			return false
		}
		starAt += runeLen(value[starAt:])
		t, v = star+1, starAt
	}
}

func runeLen(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// hasPrefix is strings.HasPrefix; with fold, ASCII letters match in any case.
func hasPrefix(s, prefix string, fold bool) bool {
	if len(s) < len(prefix) {
		return false
	}
	if !fold {
		return s[:len(prefix)] == prefix
	}
	return equalFoldASCII(s[:len(prefix)], prefix)
}

// equalFoldASCII compares action names and condition keys, which are ASCII.
func equalFoldASCII(a, b string) bool {
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
