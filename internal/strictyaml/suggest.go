package strictyaml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest is the candidate that somebody who wrote word most likely meant, and whether one is near enough: a third of
// its letters may be wrong, or its end may be missing. Case does not count; among equally near ones the first in
// alphabetical order wins.
func Nearest(word string, candidates []string) (string, bool) {
	word = strings.ToLower(word)
	sorted := slices.Clone(candidates)
	slices.Sort(sorted)
	best, distance := "", 0
	for _, candidate := range sorted {
		d := levenshtein.Distance(word, strings.ToLower(candidate), nil)
		if best == "" || d < distance {
			best, distance = candidate, d
		}
	}
	if best != "" && distance <= max(2, len(best)/3) && distance < max(len(word), len(best))-1 {
		return best, true
	}
	const enough = 3
	for _, candidate := range sorted {
		if len(word) >= enough && strings.HasPrefix(strings.ToLower(candidate), word) {
			return candidate, true
		}
	}
	return "", false
}

// Suggest is the fix of an unknown word: the nearest candidate, or all of them where they are few.
func Suggest(word string, candidates []string) string {
	if best, ok := Nearest(word, candidates); ok {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	return oneOf(candidates)
}

// DidYouMean is what to say to somebody who wrote word where one of the candidates was wanted: the nearest one, or
// all of them where they are few.
func DidYouMean(word string, candidates []string) string {
	if len(candidates) == 0 {
		return "there is none"
	}
	return Suggest(word, candidates)
}

// oneOf lists what may be written; longer lists are cut.
func oneOf(candidates []string) string {
	const most = 12
	switch n := len(candidates); {
	case n == 0:
		return ""
	case n == 1:
		return "write " + strconv.Quote(candidates[0])
	case n > most:
		return "write one of " + strings.Join(
			quoteAll(candidates[:most]),
			", ",
		) + " or " + strconv.Itoa(
			n-most,
		) + " others"
	default:
		return "write one of " + strings.Join(quoteAll(candidates), ", ")
	}
}

func quoteAll(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strconv.Quote(w)
	}
	return out
}
