package policy

import "strings"

// Closest returns the name that the given one was probably meant to be: equal but for case, or at most two edits away
// and no farther than a third of its length. Empty when there is none.
func Closest(name string, names []string) string {
	best, bestDistance := "", min(2, len(name)/3)+1
	for _, candidate := range names {
		if strings.EqualFold(name, candidate) {
			return candidate
		}
		if abs(len(name)-len(candidate)) >= bestDistance {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// distance is the number of characters to insert, drop or replace between two texts.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func abs(n int) int { return max(n, -n) }
