package wildcard

import (
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/policy"
)

// Match reports whether value matches pattern. In the pattern * stands for any run of characters, also none, and ?
// for exactly one character; everything else, "${...}" included, is literal and case matters.
func Match(pattern, value string) bool {
	var buf [MaxStackTokens]Token
	return MatchTokens(AppendGlob(buf[:0], pattern, true), value, false)
}

var sampled = strings.NewReplacer("*", "x", "?", "x")

// Sample is one of the texts that a pattern matches.
func Sample(pattern string) string { return sampled.Replace(pattern) }

// MatchAction reports whether an action such as "ssm:StartSession" matches a pattern of an Action element. Case does
// not matter.
func MatchAction(pattern, action string) bool {
	var buf [MaxStackTokens]Token
	return MatchTokens(AppendGlob(buf[:0], pattern, true), action, true)
}

func OnlyStars(pattern string) bool { return pattern != "" && strings.Trim(pattern, "*") == "" }

// MaxStackTokens bounds the tokens of a pattern that are matched without allocating; longer patterns work and allocate.
const MaxStackTokens = 16

type tokenKind uint8

const (
	TokenLiteral tokenKind = iota
	TokenAny               // *
	TokenOne               // ?
	TokenVariable
)

// Token is a piece of a pattern. A variable is replaced by a literal before matching, so that its value is never read
// as a pattern.
type Token struct {
	Kind tokenKind
	Text string
	// key, fallback: of a variable.
	Key         *conditionkey.Key
	Fallback    string
	HasFallback bool
}

// AppendGlob splits a pattern without variables.
func AppendGlob(tokens []Token, pattern string, wildcards bool) []Token {
	if !wildcards {
		if pattern != "" {
			tokens = append(tokens, Token{Text: pattern})
		}
		return tokens
	}
	for pattern != "" {
		position := strings.IndexAny(pattern, "*?")
		if position < 0 {
			return append(tokens, Token{Text: pattern})
		}
		if position > 0 {
			tokens = append(tokens, Token{Text: pattern[:position]})
		}
		if pattern[position] == '?' {
			tokens = append(tokens, Token{Kind: TokenOne})
		} else if len(tokens) == 0 || tokens[len(tokens)-1].Kind != TokenAny {
			tokens = append(tokens, Token{Kind: TokenAny})
		}
		pattern = pattern[position+1:]
	}
	return tokens
}

// MatchTokens matches literals and wildcards against the whole value. It looks back to the last * only, so it takes
// at most len(tokens)*len(value) steps.
func MatchTokens(tokens []Token, value string, fold bool) bool {
	t, v := 0, 0
	star, starAt := -1, 0
	for {
		if t < len(tokens) {
			switch tok := &tokens[t]; tok.Kind {
			case TokenAny:
				if t == len(tokens)-1 {
					return true
				}
				star, starAt = t, v
				t++
				continue
			case TokenOne:
				if v < len(value) {
					v += runeLen(value[v:])
					t++
					continue
				}
			case TokenLiteral:
				if hasPrefix(value[v:], tok.Text, fold) {
					v += len(tok.Text)
					t++
					continue
				}
			case TokenVariable:
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
	return policy.EqualFoldASCII(s[:len(prefix)], prefix)
}
