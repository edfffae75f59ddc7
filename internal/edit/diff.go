package edit

import "strings"

// Diff is the change for people: the lines that go, each behind "- ", and those that come, each behind "+ ", in the
// order of the file. Where lines that stay lie between, "  ..." stands for them. Blank lines are left out. A grant
// that comes or goes as a whole is one run of lines, from its comment or its dash to its last key, also where its
// neighbours read alike.
func (c *Change) Diff() string {
	before, after := linesOf(c.Before), linesOf(c.After)
	for _, lines := range [][]string{before, after} {
		for i, line := range lines {
			lines[i] = strings.TrimRight(line, lineEnds)
		}
	}
	first := commonLines(before, after, func(lines []string, i int) string { return lines[i] })
	last := commonLines(
		before[first:],
		after[first:],
		func(lines []string, i int) string { return lines[len(lines)-1-i] },
	)
	gone, come := before[first:len(before)-last], after[first:len(after)-last]
	switch {
	case len(come) == 0:
		gone = run(before, first, len(gone))
	case len(gone) == 0:
		come = run(after, first, len(come))
	}
	return diffOf(gone, come)
}

// commonLines is how many lines two texts have in common, from the one that at gives first.
func commonLines(a, b []string, at func([]string, int) string) int {
	n := 0
	for n < min(len(a), len(b)) && at(a, n) == at(b, n) {
		n++
	}
	return n
}

// run is the block of n lines that was put in or taken out at first. Where the lines around it read like its own, it
// could as well be another block that begins earlier; it is the one whose first line is indented least, the earliest
// of these.
func run(lines []string, first, n int) []string {
	best := first
	for start := first; n > 0; start-- {
		if line := lines[start]; !blank(line) && (blank(lines[best]) || leading(line) <= leading(lines[best])) {
			best = start
		}
		if start == 0 || lines[start-1] != lines[start+n-1] {
			break
		}
	}
	return lines[best : best+n]
}

// diffOf is the difference of two texts.
func diffOf(before, after []string) string {
	common := longestCommon(before, after)
	var b strings.Builder
	skipped := false
	show := func(sign, line string) {
		if line == "" {
			return
		}
		if skipped && b.Len() > 0 {
			b.WriteString("  ...\n")
		}
		skipped = false
		b.WriteString(sign + line + "\n")
	}
	for i, j := 0, 0; i < len(before) || j < len(after); {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			skipped, i, j = true, i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			show("- ", before[i])
			i++
		default:
			show("+ ", after[j])
			j++
		}
	}
	return b.String()
}

// longestCommon is the length of the longest common subsequence of the lines from i of a and from j of b, for each i
// and j.
func longestCommon(a, b []string) [][]int {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	return length
}
